"""Reads what `klamm run --tap` wrote, also while it is being written."""

from __future__ import annotations

import os
import time
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from klamm.inspect.dialogue import Dialogue
from klamm.inspect.model import REQUEST, Frame, Trouble
from klamm.inspect.model import RESPONSE as ANSWER
from klamm.inspect.sources.cutting import LIMIT
from klamm.observe.tap import BLANKED, BROKER, HEAD, LOST, MAGIC, RESPONSE, SIZE, TOKEN, WITHHELD

__all__ = ["Growing", "tap_frames"]

_MAX_CONNECTIONS = 20_000
_POLL = 0.2


class Growing:
    """A file that is read on as it grows, and anew when another one has taken its place."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("rb")

    def read(self, size: int) -> bytes:
        """Reads so many bytes and waits for them; fewer only where a file that was put aside ends in the middle."""
        out = bytearray()
        while len(out) < size:
            data = self._file.read(size - len(out))
            out += data
            if data:
                continue
            if not self._replaced():
                time.sleep(_POLL)
            elif out:
                break
        return bytes(out)

    def _replaced(self) -> bool:
        try:
            now, mine = self._path.stat(), os.fstat(self._file.fileno())
        except FileNotFoundError:
            return False
        if (now.st_ino, now.st_dev) == (mine.st_ino, mine.st_dev):
            return False
        if rest := self._file.read(1):
            self._file.seek(-len(rest), os.SEEK_CUR)
            return False
        self._file.close()
        self._file = self._path.open("rb")
        return True


class _Connections:
    """A dialogue for each connection and view; those unused for longest are forgotten."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[int, int], Dialogue] = OrderedDict()

    def get(self, connection: int, is_broker: int, tenant: str) -> Dialogue:
        key = (connection, is_broker)
        dialogue = self._known.get(key)
        if dialogue is None:
            dialogue = Dialogue(f"#{connection}", view="broker" if is_broker else "client")
            self._known[key] = dialogue
            if len(self._known) > _MAX_CONNECTIONS:
                self._known.popitem(last=False)
        self._known.move_to_end(key)
        # A connection has its tenant once its login has succeeded.
        dialogue.tenant = tenant or dialogue.tenant
        return dialogue


def tap_frames(stream: BinaryIO | Growing) -> Iterator[Frame | Trouble]:
    """Gives the frames of a tap."""
    connections = _Connections()
    place = len(MAGIC)
    if stream.read(len(MAGIC)) != MAGIC:
        yield Trouble(None, None, "byte 0", "no tap, or one of another version of Klamm", 0)
        return
    while start := stream.read(SIZE.size):
        if start == MAGIC[: SIZE.size]:
            stream.read(len(MAGIC) - SIZE.size)
            place = len(MAGIC)
            continue
        size = SIZE.unpack(start)[0] if len(start) == SIZE.size else -1
        if not HEAD.size <= size <= LIMIT + 0x20000:
            yield Trouble(
                None, None, f"byte {place}", f"a tap record of {size} bytes cannot be; reading ends here", place
            )
            return
        record = stream.read(size)
        if len(record) < size:
            yield Trouble(None, None, f"byte {place}", f"the tap ends after {len(record)} of {size} bytes", place)
            return
        yield _frame(record, place, connections)
        place += SIZE.size + size


def _frame(record: bytes, place: int, connections: _Connections) -> Frame | Trouble:
    flags, time_ns, connection, api_key, version, tenant_size = HEAD.unpack_from(record)
    start = HEAD.size + tenant_size
    if flags & LOST or start > len(record):
        lost = SIZE.unpack_from(record, start)[0] if flags & LOST and len(record) >= start + SIZE.size else 0
        reason = f"Klamm could not write {lost} frames here" if lost else "a tap record that contradicts itself"
        return Trouble(None, None, f"byte {place}", reason, place)
    tenant = record[HEAD.size : start].decode("utf-8", "replace")
    return Frame(
        connections.get(connection, flags & BROKER, tenant),
        ANSWER if flags & RESPONSE else REQUEST,
        record[start:],
        place,
        time_ns / 1e9,
        (api_key, version) if api_key >= 0 and version >= 0 else None,
        is_token=bool(flags & TOKEN),
        is_withheld=bool(flags & WITHHELD),
        is_blanked=bool(flags & BLANKED),
    )
