"""What YAML offers beyond plain values is refused where it stands, and no file makes loading fail in any other way."""

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from klamm.config import ConfigError, load


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("", (1, 1), "the file is empty"),
        ("# nothing\n", (1, 1), "the file is empty"),
        ("proxy: [\n", (2, 1), "not YAML"),
        ("a: 1\n b: 2\n", (2, 3), "not YAML"),
        ("a: 1\n---\nb: 2\n", (2, 1), "not YAML"),
        (b"ok: \xff\n", (1, 5), "not UTF-8"),
        ("ok: \x07\n", (1, 5), "a control character"),
        ('a: "\\UFFFFFFFF"', (1, 7), "out of range"),
        ("[" * 100_000, (1, 33), "more than 32 levels"),
        ("just text", (1, 1), "a single value where a block of keys belongs"),
    ],
)
def test_what_is_not_a_configuration_at_all_says_so(site, text, place, reason):
    line, column, _, found = site.only_problem(text)

    assert (line, column) == place
    assert reason in found


@pytest.mark.parametrize(
    ("addition", "reason"),
    [
        ("a: &anchor {b: 1}", "anchors (&name) are not allowed"),
        ("a: *alias", "aliases (*name) are not allowed"),
        ("a: !!python/object/apply:os.system [true]", "tags (!name) are not allowed"),
        ("a: !!str 5", "tags (!name) are not allowed"),
        ("? [a, b]\n: c", "a key must be a plain name"),
        ("a: 1\na: 2", '"a" is here twice (first in line 17)'),
        ('a: "\\ud800"', "half a character"),
        ('"\\ud800": a', "half a character"),
        ("<<: {proxy: 1}", "unknown key"),
    ],
)
def test_yaml_beyond_plain_values_is_refused(site, addition, reason):
    texts = [problem.text for problem in site.problems(site.good + addition)]

    assert any(reason in text for text in texts)


def test_a_billion_laughs_stay_unheard(site):
    lines = ["a0: &a0 [ha, ha]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]

    problems = site.problems("\n".join(lines))

    assert sum("aliases" in problem.text for problem in problems) == 90


def test_nothing_in_the_file_can_break_a_message_into_two_lines(site):
    problems = site.problems(site.good + '"a\\nklamm.yaml:1:1: b\\e[2J": 1\nupstreem: "x\\ny"\n')

    assert all(str(problem).isprintable() and str(problem).isascii() for problem in problems)


def test_a_byte_order_mark_is_no_problem(site):
    assert site.load(b"\xef\xbb\xbf" + site.good.encode()).tenants[0].name == "acme"


_scalar = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12), st.dates().map(str),
    st.sampled_from(["PLAIN", "SASL_SSL", "${X}", "${", "$$", "10s", "100MiB", "acme", "127.0.0.1", "9092", "secrets"]),
)  # fmt: skip
_key = st.sampled_from(
    [
        "proxy", "upstream", "tenants", "listener_sets", "port_range", "limits", "name", "prefix", "auth", "sasl",
        "sni", "credentials", "username", "password", "password_file", "bootstrap", "broker_port_range", "start",
        "end", "tls", "bind_host", "profile", "security_protocol", "anonymous_tenant", "permissions",
        "allowed_topics", "x"
    ]
)  # fmt: skip
_tree = st.recursive(
    _scalar,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_key, inner, max_size=5),
    max_leaves=25,
)


_lines = st.text(max_size=20) | st.sampled_from(["", "[", "- {}", "- [a]", "  &a b", "*a", "!!int x", "? ", "\ta: b"])
_values = st.sampled_from(["[]", "{}", "~", "${X}", "${", "no", "010", "[{}]", "{a: b}", "0", "|", "''", "1.5", "a"])


@st.composite
def _disturbed(draw: st.DrawFn, text: str) -> str:
    """Draw the text with a few of its lines or values replaced."""
    lines = text.splitlines()
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(lines) - 1))
        key = lines[place].partition(":")[0]
        lines[place] = draw(_lines) if draw(st.booleans()) else f"{key}: {draw(_values)}"
    return "\n".join(lines)


def _loads_or_is_refused(site, text: str) -> None:
    content = text.encode("utf-8", "surrogatepass")
    site.file.write_bytes(content)
    try:
        load(site.file, environment={})
    except ConfigError as error:
        assert error.problems
        last = content.count(b"\n") + content.count(b"\r") + text.count("\u2028") + text.count("\u2029") + 2
        for problem in error.problems:
            assert 1 <= problem.line <= last + text.count("\x85")
            assert problem.col >= 1


_often = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@_often
@given(st.text(max_size=200))
@example('%YAML 1.1\n---\n"\\UFFFFFFFF"')
@example("%YAML " + "9" * 5000 + ".1\n--- a")
@example("? ? ? a")
def test_arbitrary_text_raises_nothing_but_a_config_error(site, text):
    _loads_or_is_refused(site, text)


@_often
@given(st.dictionaries(st.sampled_from(["proxy", "upstream", "tenants"]), _tree, max_size=3))
def test_arbitrary_trees_raise_nothing_but_a_config_error(site, tree):
    _loads_or_is_refused(site, yaml.safe_dump(tree, allow_unicode=True))


@_often
@given(st.data())
def test_a_disturbed_configuration_raises_nothing_but_a_config_error(site, data):
    _loads_or_is_refused(site, data.draw(_disturbed(site.good)))


@_often
@given(st.binary(max_size=100))
def test_arbitrary_bytes_raise_nothing_but_a_config_error(site, content):
    site.file.write_bytes(content)
    with pytest.raises(ConfigError):
        load(site.file, environment={})
