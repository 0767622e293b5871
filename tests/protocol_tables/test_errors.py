"""The error codes carry Kafka's numbers and names, and their texts carry nothing else."""

from __future__ import annotations

import importlib
import re
import warnings
from typing import Any

import pytest

from protocol_tables.errors import ErrorCode, stock_text

# Where kafka-python (checked against below) kept a name that Kafka has since changed, or never had.
RENAMED = {
    "UNKNOWN": "UNKNOWN_SERVER_ERROR",
    "NO_ERROR": "NONE",
    "NOT_LEADER_FOR_PARTITION": "NOT_LEADER_OR_FOLLOWER",
    "MESSAGE_SIZE_TOO_LARGE": "MESSAGE_TOO_LARGE",
    "INVALID_TOPIC": "INVALID_TOPIC_EXCEPTION",
    "INVALID_REPLICATION_ASSIGNMENT": "INVALID_REPLICA_ASSIGNMENT",
}

# From Errors in kafka-clients 4.4.0: the codes that are younger than kafka-python's list.
YOUNGEST = {
    128: "INVALID_REGULAR_EXPRESSION",
    129: "REBOOTSTRAP_REQUIRED",
    130: "STREAMS_INVALID_TOPOLOGY",
    131: "STREAMS_INVALID_TOPOLOGY_EPOCH",
    132: "STREAMS_TOPOLOGY_FENCED",
    133: "SHARE_SESSION_LIMIT_REACHED",
    134: "GROUP_DELETION_FAILED",
    135: "STREAMS_TOPOLOGY_DESCRIPTION_UPDATE_FAILED",
    136: "CONTROLLER_ID_NOT_REGISTERED",
}


def errors_of_kafka_python() -> dict[int, str]:
    """Returns number and name of every broker error that kafka-python, written independently of us, knows."""
    with warnings.catch_warnings():  # importing it calls a function that Python has deprecated
        warnings.simplefilter("ignore", DeprecationWarning)
        module = importlib.import_module("kafka.errors")
    found: list[Any] = [value for value in vars(module).values() if isinstance(value, type) and hasattr(value, "errno")]
    return {error.errno: RENAMED.get(error.message, error.message) for error in found if error.errno is not None}


def test_there_is_one_member_for_every_code_of_kafka_4_4() -> None:
    assert sorted(ErrorCode) == list(range(-1, 137))


def test_names_and_numbers_agree_with_another_implementation() -> None:
    theirs = errors_of_kafka_python()

    assert len(theirs) == 129
    assert theirs | YOUNGEST == {int(code): code.name for code in ErrorCode}


def test_a_member_is_the_integer_on_the_wire() -> None:
    assert ErrorCode(58) is ErrorCode.SASL_AUTHENTICATION_FAILED
    assert ErrorCode.UNKNOWN_SERVER_ERROR.to_bytes(2, "big", signed=True) == b"\xff\xff"


@pytest.mark.parametrize("code", list(ErrorCode))
def test_every_code_has_one_short_sentence(code: ErrorCode) -> None:
    text = stock_text(code)

    assert text == code.text
    assert 10 <= len(text) <= 100 or code is ErrorCode.NONE
    assert re.fullmatch(r"[A-Z][^\n{}%]*\.", text)


def test_no_two_codes_share_a_sentence() -> None:
    assert len({code.text for code in ErrorCode}) == len(ErrorCode)


@pytest.mark.parametrize("code", [-32768, -2, 137, 32767])
def test_an_unknown_code_is_told_by_its_number(code: int) -> None:
    assert str(code) in stock_text(code)
