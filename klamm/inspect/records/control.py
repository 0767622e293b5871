"""Control records: what brokers write between the records (KIP-98, KIP-595, KIP-630, KIP-853)."""

from __future__ import annotations

from struct import Struct
from struct import error as struct_error
from typing import Any

__all__ = ["control_record"]

_KEY = Struct(">hh")
_END = Struct(">hi")
_TYPES = {
    0: "ABORT", 1: "COMMIT", 2: "LEADER_CHANGE", 3: "SNAPSHOT_HEADER", 4: "SNAPSHOT_FOOTER", 5: "KRAFT_VERSION",
    6: "KRAFT_VOTERS",
}  # fmt: skip
_MARKERS = (0, 1)


def control_record(key: bytes | None, value: bytes | None) -> dict[str, Any]:
    """Gives what a control record says; a type that is not known keeps its number."""
    try:
        version, kind = _KEY.unpack_from(key or b"")
    except struct_error:
        return {"type": "a key that is too short"}
    said: dict[str, Any] = {"version": version, "type": _TYPES.get(kind, kind)}
    if kind in _MARKERS and value is not None and len(value) >= _END.size:
        _, said["coordinator_epoch"] = _END.unpack_from(value)
    return said
