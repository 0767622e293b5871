"""Record batches, the format since Kafka 0.11 (magic 2, KIP-98). Message sets before that are in `message_sets`.

Values are plain dicts with Kafka's names. What is wrong with a batch is in its ``error``, with the ``offset`` in the
bytes given; the batches around it are read all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct
from typing import Any, Final

from klamm.inspect.records.codecs import CODECS, decompress
from klamm.inspect.records.control import control_record
from klamm.inspect.records.varints import read_varint
from klamm.wire import Malformed, Reader

__all__ = ["Limits", "batches"]

_HEADER = Struct(">qiibIhiqqqhii")
_FIELDS = (
    "base_offset", "batch_length", "partition_leader_epoch", "magic", "crc", "attributes", "last_offset_delta",
    "base_timestamp", "max_timestamp", "producer_id", "producer_epoch", "base_sequence", "records_count",
)  # fmt: skip
_MAGIC_AT = 16
_CHECKED_FROM = 21
_OVERHEAD = 12
_CODEC, _APPEND_TIME, _TRANSACTIONAL, _CONTROL = 7, 8, 16, 32
_SMALLEST_RECORD = 7


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of record data is looked at: ``bytes`` of one batch once decompressed, and how many records of it.

    ``blanked`` says that a tap left nothing but the headers of batches.
    """

    bytes: int = 16 * 1024 * 1024
    records: int = 100_000
    blanked: bool = False


def batches(data: bytes, limits: Limits) -> Iterator[dict[str, Any]]:
    """Gives the batches, or the messages of an old message set, in a records field."""
    pos = 0
    while pos < len(data):
        size = int.from_bytes(data[pos + 8 : pos + _OVERHEAD], "big", signed=True)
        end = pos + _OVERHEAD + size
        if len(data) - pos <= _MAGIC_AT or end > len(data) or size <= _MAGIC_AT - _OVERHEAD:
            if limits.blanked:
                return
            if size > 0 or len(data) - pos < _OVERHEAD:
                # Brokers cut an answer where it is full; clients drop the part of a batch at its end.
                yield {"partial_batch": len(data) - pos}
            else:
                yield {"error": f"a batch of {size} bytes cannot be", "offset": pos + 8}
            return
        if data[pos + _MAGIC_AT] < 2:
            from klamm.inspect.records.message_sets import messages

            yield from messages(data[pos:end], pos, limits)
        else:
            yield _batch(data[pos:end], pos, limits)
        pos = end


def _batch(data: bytes, at: int, limits: Limits) -> dict[str, Any]:
    if len(data) < _HEADER.size:
        return {"error": f"a batch of {len(data)} bytes, its header alone has {_HEADER.size}", "offset": at}
    batch: dict[str, Any] = dict(zip(_FIELDS, _HEADER.unpack_from(data), strict=True))
    attributes = batch["attributes"]
    codec = attributes & _CODEC
    batch["compression"] = CODECS[codec] if codec < len(CODECS) else codec
    batch["timestamp_type"] = "log append time" if attributes & _APPEND_TIME else "create time"
    batch["is_transactional"] = bool(attributes & _TRANSACTIONAL)
    batch["is_control"] = bool(attributes & _CONTROL)
    if batch["magic"] != 2:
        return batch | {"error": f"record format {batch['magic']} is not known", "offset": at + _MAGIC_AT}
    if limits.blanked:
        return batch
    _check(batch, data, at)
    try:
        _read_records(batch, decompress(codec, data[_HEADER.size :], limits.bytes), limits)
    except Malformed as error:
        inside = error.offset or 0 if codec == 0 else 0
        batch |= {"error": str(error) if codec else error.reason, "offset": at + _HEADER.size + inside}
    return batch


def _check(batch: dict[str, Any], data: bytes, at: int) -> None:
    try:
        from crc32c import crc32c
    except ImportError:
        batch |= {"crc_valid": None, "error": "to check its checksum crc32c is needed: pip install 'klamm[inspect]'",
                  "offset": at + _CHECKED_FROM - 4}  # fmt: skip
        return
    batch["crc_valid"] = crc32c(data[_CHECKED_FROM:]) == batch["crc"]
    if not batch["crc_valid"]:
        batch |= {"error": f"the checksum is {crc32c(data[_CHECKED_FROM:])}, not the {batch['crc']} it says",
                  "offset": at + _CHECKED_FROM - 4}  # fmt: skip


def _read_records(batch: dict[str, Any], data: bytes, limits: Limits) -> None:
    reader = Reader(data)
    count: Final = batch["records_count"]
    if count < 0 or count * _SMALLEST_RECORD > len(data):
        raise reader.fail(f"{count} records cannot fit in {len(data)} bytes")
    records: list[dict[str, Any]] = []
    batch["records"] = records
    for index in range(count):
        if index == limits.records:
            batch["more_records"] = count - index
            return
        try:
            records.append(_record(reader, batch))
        except Malformed as error:
            raise error.within(f"records[{index}]") from None
    reader.finish()


def _record(reader: Reader, batch: dict[str, Any]) -> dict[str, Any]:
    size = read_varint(reader)
    end = reader.pos + size
    if size < 0 or size > reader.remaining:
        raise reader.fail(f"a record of {size} bytes where {reader.remaining} are left")
    reader.take(1)
    timestamp = batch["base_timestamp"] + read_varint(reader, 64)
    offset = batch["base_offset"] + read_varint(reader)
    if batch["attributes"] & _APPEND_TIME:
        timestamp = batch["max_timestamp"]
    record: dict[str, Any] = {"offset": offset, "timestamp": timestamp, "key": _bytes(reader), "value": _bytes(reader)}
    count = read_varint(reader)
    if count < 0 or count * 2 > reader.remaining:
        raise reader.fail(f"{count} headers cannot fit in {reader.remaining} bytes")
    record["headers"] = [
        {"key": (_bytes(reader) or b"").decode("utf-8", "surrogateescape"), "value": _bytes(reader)}
        for _ in range(count)
    ]
    if reader.pos != end:
        raise reader.fail(f"a record of {size} bytes that ends {abs(end - reader.pos)} bytes away from its end")
    if batch["is_control"]:
        record["control"] = control_record(record["key"], record["value"])
    return record


def _bytes(reader: Reader) -> bytes | None:
    size = read_varint(reader)
    if size < -1:
        raise reader.fail(f"a length of {size} bytes")
    return None if size < 0 else reader.take(size)
