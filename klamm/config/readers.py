"""Readers of single values: each takes a scalar's text strictly, or says what would be right.

YAML 1.1 guesses: `no` is a truth value, `010` is eight, `12:30` a number in base 60, `0123` not the password it was.
Nothing is guessed here: text must be text to YAML too (else it wants quotes), numbers are decimal, truth is `true` or
`false`, and durations and sizes carry their unit. All raise ValueError.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from attrs import frozen

from klamm.config import units
from klamm.config.problems import quoted
from klamm.config.tree import Scalar

__all__ = [
    "Address", "Reader", "address", "boolean", "count", "duration", "host", "identifier", "name", "node_id", "port",
    "size", "text", "topic_name", "topic_prefix", "username",
]  # fmt: skip

_KINDS = {"int": "a number", "float": "a number", "bool": "true or false", "null": "nothing", "timestamp": "a date"}
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,18})")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_TOPIC = re.compile(r"[A-Za-z0-9._-]+")
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_HOST = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*\.?")
_ADDRESS = re.compile(r"(?:\[([^\[\]]+)\]|([^:\[\]]+)):([0-9]{1,5})")

MAX_TOPIC = 249
_MAX_PREFIX = 128


def _as_it_is(value: Any) -> object:
    return value


@frozen
class Reader:
    """Marks the type of a field (`Annotated[int, Reader(...)]`): how its text is read, and how it is shown again."""

    read: Callable[[Any], Any]
    show: Callable[[Any], object] = _as_it_is


class Address(NamedTuple):
    """A host and a port; IPv6 hosts are without brackets here and with them in `str()`."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def _scalar(value: Any, wanted: str) -> Scalar:
    if not isinstance(value, Scalar):
        raise ValueError(f"a {'list' if isinstance(value, list) else 'block'} where {wanted} belongs")
    if value.kind == "null":
        raise ValueError(f"empty; give {wanted} or leave the key out")
    return value


def text(value: Any) -> str:
    """Reads text that is text to YAML too, and not empty."""
    scalar = _scalar(value, "text")
    if scalar.kind != "str":
        raise ValueError(f"YAML takes {scalar.text} for {_KINDS[scalar.kind]}; quote this: {quoted(scalar.text)}")
    if not scalar.text:
        raise ValueError("empty text; give one or leave the key out")
    return scalar.text


def boolean(value: Any) -> bool:
    """Reads `true` or `false`."""
    scalar = _scalar(value, "true or false")
    if (scalar.kind == "bool" or scalar.from_environment) and scalar.text in {"true", "false"}:
        return scalar.text == "true"
    raise ValueError(f"{quoted(scalar.text)} is neither true nor false; write one of them, without quotes")


def whole(low: int, high: int, what: str) -> Callable[[Any], int]:
    """Makes a reader of decimal whole numbers from `low` to `high`."""

    def read(value: Any) -> int:
        scalar = _scalar(value, what)
        if scalar.kind == "str" and not scalar.from_environment and _NUMBER.fullmatch(scalar.text):
            raise ValueError(f"{quoted(scalar.text)} is text; write {scalar.text} without quotes")
        if not _NUMBER.fullmatch(scalar.text):
            raise ValueError(f"{quoted(scalar.text)} is not a decimal whole number; give {what}, {low} to {high}")
        number = int(scalar.text)
        if not low <= number <= high:
            raise ValueError(f"{number} is out of range; {what} is {low} to {high}")
        return number

    return read


port = whole(1, 65535, "a port")
count = whole(1, 1_000_000, "a count")
node_id = whole(0, 2**31 - 1, "a broker id")


def duration(value: Any) -> float:
    """Reads a duration in seconds."""
    return units.parse_duration(_with_unit(value, "a duration", "10s or 200ms"))


def size(value: Any) -> int:
    """Reads a size in bytes, one at least and less than 2 GiB: Kafka's own lengths are 32 bits with a sign."""
    number = units.parse_size(_with_unit(value, "a size", "100MiB or 512KiB"))
    if not 1 <= number < 2**31:
        raise ValueError("out of range; a size is 1B to 2047MiB")
    return number


def large_size(value: Any) -> int:
    """Reads a size in bytes that bounds a sum and may pass 2 GiB."""
    number = units.parse_size(_with_unit(value, "a size", "512MiB or 2GiB"))
    if not 1 <= number <= 2**44:
        raise ValueError("out of range; a size is 1B to 16384GiB")
    return number


def _with_unit(value: Any, what: str, example: str) -> str:
    scalar = _scalar(value, what)
    if _NUMBER.fullmatch(scalar.text):
        raise ValueError(f"{scalar.text} has no unit; write {what} as {example}")
    return scalar.text


def name(value: Any) -> str:
    """Reads the name of a tenant or of a listener set: it appears in topic names, logs and metrics."""
    string = text(value)
    if not _NAME.fullmatch(string):
        raise ValueError(f"{quoted(string)} is not a name; use 1 to 64 of A-Z a-z 0-9 . _ -, a letter or digit first")
    return string


def username(value: Any) -> str:
    """Reads a user name: printable ASCII, because SASL mechanisms disagree on how other text is normalised."""
    string = text(value)
    if not (string.isascii() and string.isprintable() and len(string) <= 255):
        raise ValueError(f"{quoted(string)} is not a user name; use 1 to 255 printable ASCII characters")
    return string


def topic_name(value: Any) -> str:
    """Reads a topic name as Kafka allows it."""
    string = text(value)
    if not _TOPIC.fullmatch(string) or string in {".", ".."} or len(string) > MAX_TOPIC:
        raise ValueError(f"{quoted(string)} is not a topic name; use 1 to {MAX_TOPIC} of A-Z a-z 0-9 . _ -")
    return string


def topic_prefix(value: Any) -> str:
    """Reads a prefix: empty, or characters of topic names, short enough to leave room for names."""
    if isinstance(value, Scalar) and value.kind == "str" and not value.text:
        return ""
    string = text(value)
    if not _TOPIC.fullmatch(string) or len(string) > _MAX_PREFIX:
        raise ValueError(f"{quoted(string)} is not a prefix; use up to {_MAX_PREFIX} of A-Z a-z 0-9 . _ -")
    return string


def identifier(value: Any) -> str:
    """Reads a group id or transactional id: any text that Kafka's int16 length can carry."""
    string = text(value)
    if len(string.encode()) > 2**15 - 1:
        raise ValueError("longer than Kafka's 32767 bytes")
    return string


def host(value: Any) -> str:
    """Reads a host name or an IP address; an IPv6 address is without brackets."""
    string = text(value)
    if string.startswith("["):
        raise ValueError(f"{quoted(string)} has brackets or a port; write the bare host or address")
    if not _is_host(string):
        raise ValueError(f"{quoted(string)} is neither a host name nor an IP address (a port is a key of its own)")
    return string


def address(value: Any) -> Address:
    """Reads `host:port`, IPv6 as `[::1]:9092`."""
    string = text(value)
    match = _ADDRESS.fullmatch(string)
    if match is None:
        hint = "[address]:port for IPv6" if string.count(":") > 1 else "host:port"
        raise ValueError(f"{quoted(string)} is not an address; write {hint}")
    inside, outside, digits = match.groups()
    if not _is_host(inside or outside) or (inside and ":" not in inside):
        raise ValueError(f"{quoted(string)} has neither a host name nor an IP address before the port")
    if not 1 <= int(digits) <= 65535:
        raise ValueError(f"{digits} is out of range; a port is 1 to 65535")
    return Address(inside or outside, int(digits))


def _is_host(string: str) -> bool:
    try:
        ipaddress.ip_address(string)
    except ValueError:
        # All digits and dots would be a mistyped IPv4 address, which resolvers read in surprising ways.
        return _HOST.fullmatch(string) is not None and not re.fullmatch(r"[0-9.]+", string)
    return True
