"""Fuzzing: whatever the bytes are, reading them ends in a value or in Malformed, at a cost that their length bounds.

Each target takes bytes and raises nothing; anything else that leaves one is a finding. ``hypothesis`` makes the bytes
here: well-formed messages with some bytes changed, cut or added, and plain noise. Where atheris is installed,
``python -m conformance.atheris_fuzz`` drives the same targets by coverage.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from conformance.cases import CASES, Case, cases_of
from conformance.cost import cost
from conformance.examples import each
from conformance.strategies import values
from klamm.wire import FrameSplitter, Malformed, frame
from klamm.wire.headers import decode_request_header, decode_response_header, encode_request_header, peek_request

__all__ = ["MEMORY_PER_BYTE", "STEPS_PER_BYTE", "TARGETS", "bounded", "damaged", "fuzz_framing", "fuzz_table"]

STEPS_PER_BYTE, _STEPS_AT_REST = 16, 2_000
MEMORY_PER_BYTE, _MEMORY_AT_REST = 192, 65_536
_LIMIT = 1 << 20
_MOST_CHANGES = 4
_NASTY = (b"\0", b"\1", b"\x7f", b"\x80", b"\xfe", b"\xff", b"\xff\xff\xff\xff", b"\x80\0\0\0", b"\xff\xff\xff\xff\x0f")

Target = Callable[[bytes], None]


def read_frames(data: bytes) -> None:
    """Splits a stream that arrives in pieces; the first byte says how long they are."""
    splitter = FrameSplitter(_LIMIT)
    size = 1 + (data[0] if data else 0)
    got = b""
    try:
        for start in range(1, len(data), size):
            got += b"".join(frame(whole) for whole in splitter.feed(data[start : start + size]))
            assert splitter.buffered <= len(data), "more is held than came"
    except Malformed as error:
        assert error.offset is not None
    assert data[1:].startswith(got), "frames are not what came"


def read_headers(data: bytes) -> None:
    """Reads every version of both headers."""
    for version in range(3):
        try:
            header, start = decode_request_header(data, version)
        except Malformed:
            continue
        assert start <= len(data)
        assert peek_request(data) == (header.api_key, header.api_version, header.correlation_id)
        again, _ = decode_request_header(encode_request_header(header, version), version)
        assert again == header, f"{again} was {header}"
    for version in range(2):
        try:
            _, start = decode_response_header(data, version)
        except Malformed:
            continue
        assert start <= len(data)


def read_body(case: Case, data: bytes) -> None:
    """Reads a body; what was understood must be the same when it is built and read again."""
    layout = case.layout
    try:
        value = layout.parse(data)
    except Malformed as error:
        assert error.version == case.version, f"{case}: {error} does not say of which version it speaks"
        assert error.offset is not None, f"{case}: {error} does not say where"
        assert 0 <= error.offset <= len(data), f"{case}: {error} is outside of {len(data)} bytes"
        return
    # Not a comparison of values: a float may be no number, which equals nothing.
    built = layout.build(value)
    assert layout.build(layout.parse(built)) == built, f"{case}: {data.hex()} is not read again as it was"


def _table(cases: Sequence[Case]) -> Target:
    def read(data: bytes) -> None:
        if data:
            read_body(cases[data[0] % len(cases)], data[1:])

    return read


TARGETS: dict[str, Target] = {
    "frames": read_frames,
    "headers": read_headers,
    **{name: _table(cases_of(name)) for name in dict.fromkeys(case.name for case in CASES)},
}
"""By name: the stream, the headers, and each API with the first byte choosing version and direction."""


def bounded(work: Callable[[], Any], size: int, what: str) -> None:
    """Holds the cost of reading so many bytes to what they may cost."""
    spent = cost(work)
    assert spent.steps <= _STEPS_AT_REST + STEPS_PER_BYTE * size, f"{what}: {spent.steps} steps for {size} bytes"
    assert spent.memory <= _MEMORY_AT_REST + MEMORY_PER_BYTE * size, f"{what}: {spent.memory} bytes for {size} bytes"


def damaged(whole: SearchStrategy[bytes]) -> SearchStrategy[bytes]:
    """Makes of well-formed bytes those of a careless or hostile peer."""
    change = st.tuples(st.integers(0, 2**16), st.integers(0, 4), st.sampled_from(_NASTY) | st.binary(max_size=3))
    return st.builds(_changed, whole, st.lists(change, min_size=1, max_size=_MOST_CHANGES)) | st.binary(max_size=64)


def _changed(data: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    for place, removed, added in changes:
        start = place % (len(data) + 1)
        data = data[:start] + added + data[start + removed :]
    return data


def fuzz_table(case: Case, examples: int) -> int:
    """Reads damaged bodies of one version; gives their number, raises AssertionError for a finding."""
    layout = case.layout
    return each(damaged(values(layout).map(layout.build)), examples, lambda data: read_body(case, data))


def fuzz_framing(examples: int) -> int:
    """Reads damaged streams and headers, in pieces and at a bounded cost; gives their number."""
    bodies = st.lists(st.binary(min_size=1, max_size=40), max_size=4)
    streams = st.builds(lambda first, parts: first + b"".join(map(frame, parts)), st.binary(max_size=1), bodies)
    headers = st.builds(lambda start, tags: start + b"\0\2id" + tags, st.binary(min_size=8, max_size=8), st.binary())

    def split(data: bytes) -> None:
        read_frames(data)
        bounded(lambda: read_frames(data), len(data), "frames")

    def head(data: bytes) -> None:
        read_headers(data)
        bounded(lambda: read_headers(data), len(data), "headers")

    return each(damaged(streams), examples, split) + each(damaged(headers), examples, head)
