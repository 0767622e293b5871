"""The effective configuration can be read back and says the same."""

from attrs import evolve

from klamm.config import render
from klamm.config.units import format_duration, format_size, parse_duration, parse_size


def _without_secrets(config):
    return evolve(config, tenants=tuple(evolve(tenant, auth=None) for tenant in config.tenants), upstream=None)


def test_what_is_shown_loads_to_the_same(site):
    text = site.good.replace("username: acme", "username: 'a$${b}$$c on'").replace("kafka:9092", "[::1]:9092")
    limits = "  limits: {idle_timeout: 1h30m, auth_failure_delay: 0s, frame: 1MiB, sasl_token: 100B}\nupstream:"
    config = site.load(text.replace("upstream:", limits))

    again = site.load(render(config))

    assert _without_secrets(again) == _without_secrets(config)
    assert again.upstream == config.upstream
    assert again.tenants[0].auth.credentials[0].username == "a${b}$c on"


def test_every_default_is_written_out(site):
    shown = render(site.load(site.good))

    for line in (
        "frame: 100MiB",
        "idle_timeout: 10m",
        "auth_failure_delay: 200ms",
        "prefix: __vt_acme_",
        "- kafka:9092",
    ):
        assert line in shown
    assert "null" not in shown
    assert "warnings" not in shown


def test_units_are_written_as_they_are_read():
    for seconds in (0, 0.001, 0.2, 1, 59, 60, 90, 3600, 5400.5, 86_400):
        assert parse_duration(format_duration(seconds)) == seconds
    for size in (0, 1, 1023, 1024, 1 << 20, (1 << 20) + 1, 5 << 30):
        assert parse_size(format_size(size)) == size
