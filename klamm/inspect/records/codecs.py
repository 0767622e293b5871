"""The codecs of record batches, each with a limit on what comes out: a small frame must not become a large memory."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import Any, Final

from klamm.inspect.records.xxhash import xxh32
from klamm.wire import Malformed

__all__ = ["CODECS", "decompress"]

CODECS: Final = ("none", "gzip", "snappy", "lz4", "zstd")
"""Names of the codecs by the number in a batch's attributes."""

_XERIAL = b"\x82SNAPPY\0"
_XERIAL_HEADER = 16
_GZIP = 31


def decompress(codec: int, data: bytes, limit: int, *, magic: int = 2) -> bytes:
    """Decompresses, at most ``limit`` bytes; raises Malformed for more than that and for what is not the codec's."""
    if codec == 0:
        return data
    if codec >= len(CODECS):
        raise Malformed(f"no codec has the number {codec}")
    if codec == 1:
        return _gzip(data, limit)
    cramjam = _cramjam()
    if codec == 2:
        return _xerial(cramjam, data, limit) if data.startswith(_XERIAL) else _snappy(cramjam, data, limit)
    if codec == 3:
        return _into(cramjam.lz4.decompress_into, "lz4", _mended(data) if magic == 0 else data, limit)
    return _into(cramjam.zstd.decompress_into, "zstd", data, limit)


@cache
def _cramjam() -> ModuleType:
    try:
        import cramjam
    except ImportError:
        raise Malformed("to decompress this cramjam is needed: pip install 'klamm[inspect]'") from None
    return cramjam


def _too_long(codec: str, limit: int) -> Malformed:
    return Malformed(f"{codec} data that expands to more than {limit} bytes (--max-batch-bytes)")


def _gzip(data: bytes, limit: int) -> bytes:
    out = b""
    while data:
        stream = zlib.decompressobj(_GZIP)
        try:
            out += stream.decompress(data, limit - len(out) + 1)
        except zlib.error as error:
            raise Malformed(f"no gzip data: {error}") from None
        if len(out) > limit:
            raise _too_long("gzip", limit)
        if not stream.eof:
            raise Malformed("gzip data that ends early")
        data = stream.unused_data
    return out


def _snappy(cramjam: ModuleType, data: bytes, limit: int) -> bytes:
    try:
        if cramjam.snappy.decompress_raw_len(data) > limit:
            raise _too_long("snappy", limit)
        return bytes(cramjam.snappy.decompress_raw(data))
    except (cramjam.DecompressionError, ValueError, OverflowError) as error:
        raise Malformed(f"no snappy data: {error}") from None


def _xerial(cramjam: ModuleType, data: bytes, limit: int) -> bytes:
    out = bytearray()
    pos = _XERIAL_HEADER
    while pos < len(data):
        size = int.from_bytes(data[pos : pos + 4], "big")
        pos += 4
        if not size or pos + size > len(data):
            raise Malformed(f"a snappy block of {size} bytes where {len(data) - pos} are left")
        out += _snappy(cramjam, data[pos : pos + size], limit - len(out))
        pos += size
    return bytes(out)


def _into(decompress_into: Callable[..., Any], codec: str, data: bytes, limit: int) -> bytes:
    scratch = _scratch(limit)
    try:
        size = decompress_into(data, scratch)
    except Exception as error:
        if "write whole buffer" in str(error):
            raise _too_long(codec, limit) from None
        raise Malformed(f"no {codec} data: {error}") from None
    return bytes(memoryview(scratch)[:size])


@cache
def _scratch(limit: int) -> bytearray:
    return bytearray(limit)


def _mended(data: bytes) -> bytes:
    """Corrects the checksum of an lz4 header, which clients of the first message format got wrong (KAFKA-3160)."""
    if len(data) < 7:
        return data
    end = 6 + (8 if data[4] & 8 else 0) + (4 if data[4] & 1 else 0)
    checksum = xxh32(data[4:end]) >> 8 & 0xFF
    return data[:end] + bytes([checksum]) + data[end + 1 :]
