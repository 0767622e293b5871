"""Secrets are found, kept out of everything that is shown, and never guessed."""

import copy
import os
import pickle

import pytest

from klamm.config import Secret, render
from klamm.config.secrets import MASK

INLINE = "password: hunter2-and-more"


def _with(site, fields: str) -> str:
    return site.good.replace("password_file: secrets/acme.password", fields)


def _password(site, fields: str, environment: dict[str, str] | None = None) -> str:
    return site.load(_with(site, fields), environment).tenants[0].auth.credentials[0].password.reveal()


@pytest.mark.parametrize(
    ("content", "expected"),
    [("secret", "secret"), ("secret\n", "secret"), ("secret\r\n", "secret"), ("secret\n\n", "secret\n"), (" s ", " s "),
     ("secret\r", "secret\r"), ("p\u00e4ss", "p\u00e4ss")],
)  # fmt: skip
def test_exactly_one_line_end_is_taken_off_a_secret_file(site, content, expected):
    site.secret("acme", content)

    assert _password(site, "password_file: secrets/acme.password") == expected


def test_a_secret_file_may_be_anywhere_by_its_absolute_path(site):
    path = site.secret("elsewhere", "far\n")

    assert _password(site, f"password_file: {path}") == "far"


@pytest.mark.parametrize(
    ("fields", "at", "reason"),
    [
        ("password_file: secrets/none.password", "password_file", "No such file"),
        ("password_file: secrets", "password_file", "not a regular file"),
        ("password_file: secrets/pipe", "password_file", "not a regular file"),
        ("password_file: secrets/empty.password", "password_file", "an empty secret"),
        ("password_file: secrets/newline.password", "password_file", "an empty secret"),
        ("password_file: secrets/binary.password", "password_file", "not UTF-8"),
        ("password_file: secrets/nul.password", "password_file", "NUL"),
        ("password_file: secrets/huge.password", "password_file", "larger than 64KiB"),
        ("password_file: ../outside.password", "password_file", "write the absolute path"),
        ("password_file: secrets/../../outside.password", "password_file", "write the absolute path"),
        ("password_file: ''", "password_file", "not a file name"),
        ("password_file: 5", "password_file", "quote this"),
        ("password: ''", "password", "an empty secret"),
        ("password: '${EMPTY:}'", "password", "an empty secret"),
        ('password: "a\\0b"', "password", "NUL"),
        ("password: 0123", "password", "quote this"),
        ("password: [a]", "password", "quote this"),
        ("password:", "password", "quote this"),
        ("password: a, password_file: secrets/acme.password", "password_file", "keep one of the two"),
    ],
)
def test_a_secret_that_is_none_is_refused(site, fields, at, reason):
    os.mkfifo(site.directory / "secrets" / "pipe")
    for name, content in {"empty": "", "newline": "\n", "binary": b"\xff", "nul": "a\0b", "huge": "x" * 70_000}.items():
        site.secret(name, content)

    _, _, path, text = site.only_problem(_with(site, fields))

    assert path == f"tenants[0].auth.credentials[0].{at}"
    assert reason in text


def test_no_secret_at_all_is_refused(site):
    line, column, path, text = site.only_problem(site.good.replace(", password_file: secrets/acme.password", ""))

    assert (line, column, path) == (16, 11, "tenants[0].auth.credentials[0]")
    assert text == "no password; give password_file (or password)"


def test_a_file_that_everyone_can_read_is_a_warning(site):
    site.secret("acme", "secret\n", mode=0o644)
    (warning,) = site.load(site.good).warnings

    assert (warning.line, warning.path) == (16, "tenants[0].auth.credentials[0].password_file")
    assert "can be read by everyone; chmod 600 it" in warning.text


def test_a_secret_in_the_file_is_a_warning_that_does_not_repeat_it(site):
    (warning,) = site.load(_with(site, INLINE)).warnings

    assert (warning.line, warning.path) == (16, "tenants[0].auth.credentials[0].password")
    assert "hunter2" not in str(warning)


def test_a_secret_from_the_environment_is_no_warning_unless_the_file_has_its_default(site):
    environment = {"PASSWORD": "hunter2"}

    assert site.load(_with(site, "password: '${PASSWORD}'"), environment).warnings == ()
    assert len(site.load(_with(site, "password: '${OTHER:hunter2}'"), environment).warnings) == 1


def test_upstream_credentials_are_read_the_same_way(site):
    sasl = "{username: klamm, password_file: secrets/klamm.password}"
    config = site.load(
        site.good.replace("upstream:", f"upstream:\n  security_protocol: SASL_PLAINTEXT\n  sasl: {sasl}")
    )

    assert config.upstream.sasl.username == "klamm"
    assert config.upstream.sasl.password.reveal() == "klamm-secret"


def test_nothing_that_is_shown_holds_a_secret(site):
    config = site.load(_with(site, INLINE))

    for shown in (repr(config), str(config), render(config), f"{config}", str(config.tenants[0].auth)):
        assert "hunter2" not in shown
    assert MASK in render(config)


def test_problems_hold_no_secret_either(site):
    text = _with(site, "password: hunter2, password_file: secrets/acme.password, passwort: hunter2")
    problems = site.problems(text.replace("- name: acme", "- name: yes"))

    assert all("hunter2" not in str(problem) for problem in problems)


def test_a_secret_type_shows_a_mask_and_leaves_only_by_reveal():
    secret = Secret("hunter2")

    assert {repr(secret), str(secret), f"{secret}"} == {f"Secret({MASK})", MASK}
    assert secret.reveal() == "hunter2"
    assert secret == Secret("hunter2") != Secret("hunter3")
    assert len({secret, Secret("hunter2")}) == 1
    for leave in (pickle.dumps, copy.copy):
        with pytest.raises(TypeError):
            leave(secret)
