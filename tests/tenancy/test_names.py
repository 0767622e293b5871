"""Names that Kafka would refuse in a cluster of the tenant's own are refused, though a prefix would make them pass."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from klamm.rewriting.errors import Refused
from klamm.tenancy.names import check_group_id, check_topic_name, check_transactional_id, is_topic_charset

PREFIX = len("__vt_acme_")


@pytest.mark.parametrize("name", ["a", "...", "-", "_", ".a", "a..b", "__consumer_offsets", "Orders-2.v1_x", "a" * 239])
def test_what_kafka_takes_as_a_topic_name_passes(name: str) -> None:
    check_topic_name(name, PREFIX)


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "a b",
        "a/b",
        "../x",
        "a\n",
        "\na",
        "a\0",
        "ä",
        "\u0661",
        "\uff41",
        "a:b",
        "*",
        "a" * 240,
        "a" * 40000,
    ],
)
def test_what_kafka_refuses_as_a_topic_name_is_refused_with_code_17(name: str) -> None:
    with pytest.raises(Refused) as caught:
        check_topic_name(name, PREFIX)

    assert caught.value.code == 17


@pytest.mark.parametrize("prefix_length", [0, 1, 10, 248])
def test_prefix_and_topic_name_share_the_249_characters(prefix_length: int) -> None:
    check_topic_name("a" * (249 - prefix_length), prefix_length)
    with pytest.raises(Refused):
        check_topic_name("a" * (250 - prefix_length), prefix_length)


@pytest.mark.parametrize(("check", "code"), [(check_group_id, 24), (check_transactional_id, 42)])
@pytest.mark.parametrize("name", ["", "a" * 32758, "ä" * 16379, "\U0001f600" * 8190])
def test_groups_and_transactional_ids_that_are_empty_or_outgrow_a_string_are_refused(
    check: Callable[[str, int], None], code: int, name: str
) -> None:
    with pytest.raises(Refused) as caught:
        check(name, PREFIX)

    assert caught.value.code == code


@pytest.mark.parametrize("check", [check_group_id, check_transactional_id])
@pytest.mark.parametrize("name", ["g", ".", " ", "\0", "a/b*", "grüße", "a" * 32757, "ä" * 16378])
def test_any_other_text_is_a_group_or_transactional_id(check: Callable[[str, int], None], name: str) -> None:
    check(name, PREFIX)


@pytest.mark.parametrize(("text", "good"), [("a.b_c-D9", True), ("", False), ("a\n", False), ("é", False)])
def test_the_charset_is_the_brokers(text: str, good: bool) -> None:
    assert is_topic_charset(text) is good


def test_a_refusal_does_not_quote_the_name() -> None:
    with pytest.raises(Refused) as caught:
        check_topic_name("se cret", PREFIX)

    assert "se cret" not in str(caught.value) + repr(caught.value)
