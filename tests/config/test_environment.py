"""Variables fill in values after the YAML was read, and can do nothing else."""

import pytest


def _acme(site, name: str) -> str:
    return site.good.replace("- name: acme", f"- name: {name}")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("${NAME}", "globex"),
        ("x-${NAME}-${NAME}", "x-globex-globex"),
        ("${NAME:other}", "globex"),
        ("${UNSET:other}", "other"),
        ("x${_1}", "xone"),
    ],
)
def test_a_variable_is_replaced(site, written, expected):
    config = site.load(_acme(site, written), {"NAME": "globex", "_1": "one"})

    assert config.tenants[0].name == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [("a$$b", "a$b"), ("$${NAME}", "${NAME}"), ("a$b$", "a$b$"), ("${X:a:b}", "a:b"), ("${X:}x", "x")],
)
def test_dollars_that_are_no_references_stay(site, written, expected):
    config = site.load(site.good.replace("username: acme", f"username: '{written}'"))

    assert config.tenants[0].auth.credentials[0].username == expected


def test_numbers_and_truth_can_come_from_the_environment(site):
    text = site.good.replace("bootstrap_port: 9092", "bootstrap_port: ${PORT:9091}")
    text = text.replace("- name: acme", "- name: acme\n    permissions: {delete_topics: '${DELETE}'}")
    config = site.load(text, {"DELETE": "true"})

    assert config.proxy.listener_sets[0].port_range.bootstrap_port == 9091
    assert config.tenants[0].permissions.delete_topics is True


@pytest.mark.parametrize("content", ["a\n  - name: evil", "{a: b}", "&x a", "[a]", "a # b"])
def test_a_variable_cannot_add_structure(site, content):
    line, column, path, text = site.only_problem(_acme(site, "${NAME}"), {"NAME": content})

    assert (line, column, path) == (13, 11, "tenants[0].name")
    assert "is not a name" in text


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("${UNSET}", "the environment variable UNSET is not set; set it or write ${UNSET:default}"),
        ("${UNSET:-x}", "without the shell's '-'"),
        ("${}", "is not a variable's name"),
        ("${1A}", "is not a variable's name"),
        ("${OPEN", "${ without its }"),
        ("${A:${B}}", "${ without its }"),
        ("${BYTES}", "is not UTF-8"),
    ],
)
def test_a_reference_that_leads_nowhere_is_refused_where_it_stands(site, written, reason):
    line, column, _, text = site.only_problem(_acme(site, f'"{written}"'), {"BYTES": "\udcff"})

    assert (line, column) == (13, 11)
    assert reason in text


def test_keys_are_not_expanded(site):
    *_, path, text = site.only_problem(site.good + "${NAME}: 1\n", {"NAME": "tenants"})

    assert path == '["${NAME}"]'
    assert text.startswith("unknown key")
