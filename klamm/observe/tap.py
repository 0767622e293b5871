"""The tap: writes frames of chosen tenants and APIs to a file, as clients see them and as the brokers see them.

The file starts with `MAGIC`; then one record follows the other, numbers in network byte order:

    uint32  bytes that follow in this record
    uint8   flags: 1 response, 2 broker's view, 4 records blanked, 8 body withheld, 16 bare login token, 32 lost
    uint64  time, nanoseconds since 1970
    uint64  number of the client's connection
    int16   api key (-1: none)
    int16   api version on this side (-1: none)
    uint16  bytes of the tenant's name
    bytes   tenant's name, UTF-8
    bytes   the frame without its length; with flag 32 a uint32, how many frames before this place were not written

Both views of one frame follow each other, the client's first. A blanked frame keeps its length and layout: secrets and
records are zeros. What has been written stays readable whenever the process ends; at most the last record is cut.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Collection
from pathlib import Path
from struct import Struct
from typing import BinaryIO, Final, NamedTuple

from klamm.observe.logs import Log, get
from klamm.observe.tap_blanks import blanked
from protocol_tables.registry import BY_KEY

__all__ = ["BLANKED", "BROKER", "HEAD", "LOST", "MAGIC", "RESPONSE", "SIZE", "TOKEN", "WITHHELD", "Tap"]

MAGIC: Final = b"klamm-tap 1\n"
SIZE: Final = Struct(">I")
HEAD: Final = Struct(">BQQhhH")
RESPONSE, BROKER, BLANKED, WITHHELD, TOKEN, LOST = 1, 2, 4, 8, 16, 32

_PEEK = Struct(">hh")
_SASL_AUTHENTICATE = 36
_MAX_WAITING = 64 * 1024 * 1024
_PER_FRAME = 256
_PATIENCE = 5.0


class _Entry(NamedTuple):
    """One frame that waits to be written."""

    flags: int
    time_ns: int
    connection: int
    tenant: str
    api_key: int
    version: int
    frame: bytes


class Tap:
    """Writes frames to `path`, and never keeps or fails its caller: the work is done by a thread of its own.

    `tenants` (names) and `apis` (names or keys) choose what is written, None means all. Records are blanked unless
    `records` is true; SASL bodies, bare login tokens and other credentials never are written. A file that reaches
    `max_bytes` is renamed to `path.1`, the one before to `path.2` and so on; `keep` of them are kept.

    The proxy calls, with frames as they are on the wire less the four bytes of length:

        tap.request(connection, tenant, client_frame, broker_frame)
        tap.response(connection, tenant, api_key, client_frame, broker_frame, version, broker_version)
        tap.token(connection, tenant, token, answer=False)
        tap.close()

    `broker_frame` is None where Klamm answered by itself, `client_frame` is None for an answer that was withheld.
    `wants(tenant, api_key)` tells beforehand whether it is worth putting a frame together. A call costs a few
    microseconds, takes at most 64 MiB of waiting frames and drops what does not fit; what is dropped or cannot be
    written is counted in `lost`, logged once and marked in the file. Raises OSError only when it is made (the file
    cannot be opened) and ValueError for an API that the tables do not have.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        tenants: Collection[str] | None = None,
        apis: Collection[str | int] | None = None,
        records: bool = False,
        max_bytes: int = 100 * 1024 * 1024,
        keep: int = 4,
    ) -> None:
        self.lost = 0
        """Frames that were chosen and are not in the file."""
        self._tenants = None if tenants is None else frozenset(tenants)
        self._apis = None if apis is None else frozenset(_key(api) for api in apis)
        self._records = records
        self._file = _Rotating(Path(path), max_bytes, keep)
        self._waiting: deque[_Entry] = deque()
        self._waiting_bytes = 0
        self._lost_written = 0
        self._closing = False
        self._failed = False
        self._log: Log = get("tap")
        self._wake = threading.Condition()
        self._thread = threading.Thread(target=self._work, name="klamm-tap", daemon=True)
        self._thread.start()

    def wants(self, tenant: str, api_key: int) -> bool:
        """Tells whether frames of this tenant and API are written."""
        return (self._tenants is None or tenant in self._tenants) and (self._apis is None or api_key in self._apis)

    def request(self, connection: int, tenant: str, client: bytes | None, broker: bytes | None = None) -> None:
        """Takes a request as the client sent it, and as it went to the broker."""
        for flags, frame in ((0, client), (BROKER, broker)):
            if frame is None:
                continue
            api_key, version = _PEEK.unpack_from(frame) if len(frame) >= _PEEK.size else (-1, -1)
            if self.wants(tenant, api_key):
                self._put(flags, connection, tenant, api_key, version, frame)

    def response(
        self,
        connection: int,
        tenant: str,
        api_key: int,
        client: bytes | None,
        broker: bytes | None = None,
        version: int = -1,
        broker_version: int | None = None,
    ) -> None:
        """Takes an answer as the client gets it, and as the broker gave it.

        `version` is the one the client asked with, `broker_version` the one the broker was asked with if it differs.
        """
        if not self.wants(tenant, api_key):
            return
        if client is not None:
            self._put(RESPONSE, connection, tenant, api_key, version, client)
        if broker is not None:
            upstream = version if broker_version is None else broker_version
            self._put(RESPONSE | BROKER, connection, tenant, api_key, upstream, broker)

    def token(self, connection: int, tenant: str, token: bytes, answer: bool = False) -> None:
        """Takes note of a bare SASL token, of which nothing but its length is written."""
        if self.wants(tenant, _SASL_AUTHENTICATE):
            self._put(TOKEN | WITHHELD | RESPONSE * answer, connection, tenant, -1, -1, bytes(len(token)))

    def close(self) -> None:
        """Writes what waits, for five seconds at most, and closes the file."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join(_PATIENCE)

    def _put(self, flags: int, connection: int, tenant: str, api_key: int, version: int, frame: bytes) -> None:
        entry = _Entry(flags, time.time_ns(), connection, tenant, api_key, version, frame)
        with self._wake:
            if self._closing or self._waiting_bytes > _MAX_WAITING:
                self.lost += 1
                return
            self._waiting_bytes += len(frame) + _PER_FRAME
            self._waiting.append(entry)
            if len(self._waiting) == 1:
                self._wake.notify()

    # -- the thread

    def _work(self) -> None:
        while True:
            with self._wake:
                while not self._waiting and not self._closing:
                    self._wake.wait()
                entries = list(self._waiting)
                self._waiting.clear()
                self._waiting_bytes = 0
            if not entries:
                break
            for entry in entries:
                self._attempt(self._write, entry)
            self._attempt(self._file.flush)
        self._attempt(self._mark_lost)
        self._attempt(self._file.close)

    def _write(self, entry: _Entry) -> None:
        self._mark_lost()
        self._file.write(_encoded(*self._safe(entry)))

    def _mark_lost(self) -> None:
        lost = self.lost
        if lost > self._lost_written:
            gap = _Entry(LOST, time.time_ns(), 0, "", -1, -1, SIZE.pack(min(lost - self._lost_written, 0xFFFFFFFF)))
            self._file.write(_encoded(gap, gap.frame))
            self._lost_written = lost

    def _safe(self, entry: _Entry) -> tuple[_Entry, bytes]:
        if entry.flags & TOKEN:
            return entry, entry.frame
        is_response = bool(entry.flags & RESPONSE)
        frame, withheld, covered = blanked(entry.frame, entry.api_key, entry.version, is_response, self._records)
        flags = entry.flags | WITHHELD * withheld | BLANKED * covered
        return entry._replace(flags=flags), frame

    def _attempt(self, action: Callable[..., None], *arguments: object) -> None:
        try:
            action(*arguments)
        except Exception as error:  # a tap must never harm what it watches, and a thread that died would fill the queue
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        with self._wake:
            self.lost += 1
        if not self._failed:
            self._failed = True
            self._log.error("frames cannot be written to the tap", reason=f"{type(error).__name__}: {error}")


class _Rotating:
    """A file that is put aside when it is full. Only its owner may read it: it holds tenants' data."""

    def __init__(self, path: Path, max_bytes: int, keep: int) -> None:
        self._path = path
        self._max_bytes = max_bytes
        self._keep = keep
        self._size = 0
        self._out: BinaryIO | None = None
        if path.exists() and path.stat().st_size:
            self._shift()
        self._open()

    def write(self, data: bytes) -> None:
        """Appends one record, in a new file if it would not fit."""
        if self._size + len(data) > self._max_bytes and self._size > len(MAGIC):
            self.close()
            self._shift()
        if self._out is None:
            self._open()
        assert self._out is not None  # noqa: S101 - for the type checker
        self._out.write(data)
        self._size += len(data)

    def flush(self) -> None:
        """Hands what was written to the system."""
        if self._out is not None:
            self._out.flush()

    def close(self) -> None:
        """Closes the file; a later write opens it anew."""
        out, self._out = self._out, None
        if out is not None:
            out.close()

    def _open(self) -> None:
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        self._out = os.fdopen(descriptor, "wb", buffering=1 << 16)
        self._out.write(MAGIC)
        self._out.flush()
        self._size = len(MAGIC)

    def _shift(self) -> None:
        for number in range(self._keep, 0, -1):
            older = self._path if number == 1 else self._numbered(number - 1)
            if older.exists():
                older.replace(self._numbered(number))

    def _numbered(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}")


def _encoded(entry: _Entry, frame: bytes) -> bytes:
    tenant = entry.tenant.encode("utf-8", "surrogateescape")[:0xFFFF]
    size = HEAD.size + len(tenant) + len(frame)
    head = HEAD.pack(entry.flags, entry.time_ns, entry.connection, entry.api_key, entry.version, len(tenant))
    return b"".join((SIZE.pack(size), head, tenant, frame))


def _key(api: str | int) -> int:
    for known in BY_KEY.values():
        if api in (known.key, known.name):
            return known.key
    raise ValueError(f"no API is called {api!r}; `klamm-inspect api` lists them")
