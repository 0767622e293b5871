"""Numbers with the names that Kafka gives them."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from protocol_tables.errors import ErrorCode
from protocol_tables.registry import BY_KEY

__all__ = ["clock", "code_name", "meaning_of"]

_CODES: Final = {int(code): code.name for code in ErrorCode}
_OPERATIONS: Final = (
    "UNKNOWN", "ANY", "ALL", "READ", "WRITE", "CREATE", "DELETE", "ALTER", "DESCRIBE", "CLUSTER_ACTION",
    "DESCRIBE_CONFIGS", "ALTER_CONFIGS", "IDEMPOTENT_WRITE", "CREATE_TOKENS", "DESCRIBE_TOKENS", "TWO_PHASE_COMMIT",
)  # fmt: skip
_RESOURCES: Final = {
    0: "UNKNOWN", 1: "ANY", 2: "TOPIC", 4: "BROKER", 8: "BROKER_LOGGER", 16: "CLIENT_METRICS", 32: "GROUP",
}  # fmt: skip
_COORDINATORS: Final = {0: "GROUP", 1: "TRANSACTION", 2: "SHARE"}
_ISOLATION: Final = {0: "READ_UNCOMMITTED", 1: "READ_COMMITTED"}
_SPECIAL_TIMES: Final = {-2: "earliest", -3: "max timestamp", -4: "earliest local", -5: "latest tiered"}
_NOT_ASKED = -(2**31)
_BEYOND = 253402300800000


def code_name(code: int) -> str:
    """Gives Kafka's name of an error code."""
    return _CODES.get(code, "an error code newer than the tables")


def meaning_of(kind: str, name: str, value: Any) -> str:
    """Says what a number stands for; empty where there is nothing to say."""
    if kind == "ErrorCode":
        return code_name(value)
    if kind == "AuthorizedOperations":
        return "not asked for" if value == _NOT_ASKED else _operations(value)
    if kind == "Timestamp":
        return _SPECIAL_TIMES.get(value, "") if value < 0 else _date(value)
    if kind == "CoordinatorKeyType":
        return _COORDINATORS.get(value, "")
    if kind == "ResourceType" and name != "pattern_type":
        return _RESOURCES.get(value, "")
    if name == "isolation_level":
        return _ISOLATION.get(value, "")
    if name == "api_key" and value in BY_KEY:
        return BY_KEY[value].name
    return ""


def clock(time: float | None) -> str:
    """Writes a time of day, UTC, to the millisecond."""
    if time is None:
        return ""
    seconds = int(time)
    return f"{_second(seconds)}.{int((time - seconds) * 1000):03d}"


@lru_cache(maxsize=64)
def _second(seconds: int) -> str:
    day = seconds % 86400
    return f"{day // 3600:02d}:{day // 60 % 60:02d}:{day % 60:02d}"


def _operations(value: int) -> str:
    return " ".join(name for bit, name in enumerate(_OPERATIONS) if value >> bit & 1) or "none"


def _date(milliseconds: int) -> str:
    if not 0 < milliseconds < _BEYOND:
        return ""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(sep=" ", timespec="milliseconds")
