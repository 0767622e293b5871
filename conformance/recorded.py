"""Frames recorded between real clients and a real Kafka: each must be read to its last byte.

A directory holds files of two kinds. ``*.tap`` is what ``klamm run --tap`` writes (klamm/observe/tap.py). ``*.hex`` is
one connection, one frame a line: ``>`` for the client's or ``<`` for the broker's, then the frame in hex, its four
bytes of length included; empty lines and those that begin with ``#`` are comments.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from klamm.observe.tap import HEAD, LOST, MAGIC, RESPONSE, SIZE, TOKEN, WITHHELD
from klamm.wire import FrameSplitter, Malformed, Message
from klamm.wire.headers import decode_request_header, decode_response_header, peek_request
from protocol_tables.registry import BY_KEY

__all__ = ["RECORDED", "Reading", "read_recorded", "recordings"]

RECORDED = Path(__file__).parent / "recorded"
"""Where recordings lie that come with the project."""

_LIMIT = 128 << 20
_API_VERSIONS, _METADATA = 18, 3
_MAX_EXCESS = 3
_NOT_BODIES = TOKEN | WITHHELD | LOST


class _Frame(NamedTuple):
    """One recorded frame, with what says how to read it."""

    where: str
    is_response: bool
    api_key: int
    version: int
    data: bytes


@dataclass(slots=True)
class Reading:
    """What came of one file: frames read, those that are built again to the same bytes, and what could not be read."""

    path: Path
    read: int = 0
    same: int = 0
    skipped: int = 0
    messages: set[tuple[str, int, str]] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)


def recordings(folder: Path) -> list[Path]:
    """Gives the recordings in a directory and below it."""
    return sorted(path for path in folder.rglob("*") if path.suffix in (".tap", ".hex"))


def read_recorded(path: Path) -> Reading:
    """Reads every frame of a recording; what is wrong with one is noted and the next is read."""
    reading = Reading(path)
    try:
        for one in _tap(path.read_bytes(), reading) if path.suffix == ".tap" else _hex(path.read_text("ascii")):
            _read(one, reading)
    except (Malformed, ValueError) as error:
        reading.problems.append(f"{path.name}: {error}")
    return reading


def _read(one: _Frame, reading: Reading) -> None:
    direction = "response" if one.is_response else "request"
    api = BY_KEY.get(one.api_key)
    if api is None or one.version not in api.versions:
        reading.problems.append(f"{one.where}: no table for api key {one.api_key} version {one.version}")
        return
    try:
        if one.is_response:
            _, start = decode_response_header(one.data, api.response_header_version(one.version))
        else:
            _, start = decode_request_header(one.data, api.request_header_version(one.version))
        body = one.data[start:]
        layout = getattr(api, direction)(one.version)
        value = layout.parse(body[: len(body) - _excess(one, layout, body)], budget=len(body) + 1)
    except Malformed as error:
        reading.problems.append(f"{one.where}: {error}")
        return
    reading.read += 1
    reading.same += layout.build(value) == body
    reading.messages.add((api.name, one.version, direction))


def _excess(one: _Frame, layout: Message, body: bytes) -> int:
    """Gives how many bytes stand after a body where known peers send some.

    librdkafka asks for all topics with three bytes too many, its mock cluster answers with one; Kafka skips them.
    """
    if one.api_key != _METADATA:
        return 0
    built = layout.build(layout.parse(body, budget=len(body) + 1, exact=False))
    excess = len(body) - len(built)
    return excess if 0 < excess <= _MAX_EXCESS and body.startswith(built) else 0


def _tap(data: bytes, reading: Reading) -> Iterator[_Frame]:
    if not data.startswith(MAGIC):
        raise ValueError("is not what klamm run --tap writes")
    place = len(MAGIC)
    while place + SIZE.size <= len(data):
        (size,) = SIZE.unpack_from(data, place)
        start, place = place + SIZE.size, place + SIZE.size + size
        if size < HEAD.size or place > len(data):
            raise ValueError(f"ends in the middle of a record at byte {start}")
        flags, _, _, api_key, version, tenant = HEAD.unpack_from(data, start)
        if flags & _NOT_BODIES:
            reading.skipped += 1
            continue
        body = data[start + HEAD.size + tenant : place]
        yield _Frame(f"{reading.path.name} byte {start}", bool(flags & RESPONSE), api_key, version, body)


def _hex(text: str) -> Iterator[_Frame]:
    asked: dict[int, tuple[int, int]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        where = f"line {number}"
        data = _single(FrameSplitter(_LIMIT).feed(bytes.fromhex(line[1:])), where)
        if line[0] == ">":
            api_key, version, correlation_id = peek_request(data)
            asked[correlation_id] = (api_key, version)
        elif line[0] == "<":
            api_key, version = asked.pop(int.from_bytes(data[:4], "big", signed=True), (-1, -1))
            # A broker that does not know the version answers in version 0, whose first field then says so.
            if api_key == _API_VERSIONS and data[4:6] == b"\0\x23":
                version = 0
        else:
            raise ValueError(f"{where}: neither > nor < stands before the frame")
        yield _Frame(where, line[0] == "<", api_key, version, data)


def _single(frames: Iterable[bytes], where: str) -> bytes:
    found = list(frames)
    if len(found) != 1:
        raise ValueError(f"{where}: {len(found)} frames where one is expected")
    return found[0]
