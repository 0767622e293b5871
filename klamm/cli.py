"""The ``klamm`` command; every subcommand imports what it needs when it runs."""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Sequence
from pathlib import Path

from klamm import __version__

__all__ = ["main"]

EXIT_OK = 0
EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_CANNOT_WRITE = 74
EXIT_BAD_CONFIG = 78
_DEFAULT_FILES = ("klamm.yaml", "/etc/klamm/klamm.yaml")

_DESCRIPTION = "Gives every tenant of a shared Apache Kafka a cluster of its own, at the protocol layer."
_EPILOG = """\
examples:
  klamm demo                         two tenants on an embedded broker, side by side
  klamm demo --upstream HOST:PORT    the same on a real cluster
  klamm check -c klamm.yaml          every problem of a configuration, with its line
  klamm run -c klamm.yaml            run the proxy in the foreground

exit codes:
  0 done, or a clean shutdown    1 the demo saw the isolation broken    2 wrong usage
  69 no cluster to demonstrate on    71 a port cannot be bound    74 the tap's file cannot be written
  78 the configuration cannot be used
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line and gives the exit code."""
    options = _parser().parse_args(arguments)
    handler = {"run": _run, "check": _check, "demo": _demo}[options.command]
    try:
        return handler(options)
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="klamm",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show what bug reports need to say, and exit")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    run = commands.add_parser(
        "run", help="run the proxy in the foreground", description="Runs the proxy until SIGTERM."
    )
    _add_config(run)
    run.add_argument("--log-format", choices=("text", "json"), default="text", help="(default: text)")
    run.add_argument(
        "--log-level", choices=("debug", "info", "warning", "error"), default="info", help="(default: info)"
    )
    run.add_argument("--tap", metavar="FILE", help="write the frames that pass to FILE, for klamm-inspect")
    run.add_argument("--tap-tenant", metavar="NAME", action="append", help="tap this tenant only (may be repeated)")
    run.add_argument("--tap-api", metavar="API", action="append", help="tap this API only, by name (may be repeated)")
    run.add_argument("--tap-records", action="store_true", help="write what is in records too (default: blanked)")
    check = commands.add_parser(
        "check",
        help="check a configuration",
        description="Checks a configuration the way `klamm run` does, and says all that is wrong, as file:line:col.",
    )
    _add_config(check)
    check.add_argument("--print", action="store_true", help="print the configuration in effect, secrets masked")
    demo = commands.add_parser(
        "demo",
        help="show two tenants on one cluster",
        description="Starts a small broker and Klamm in front of it, lets the tenants acme and globex publish to"
        " `orders`, and shows what each of them sees beside what the broker stores.",
    )
    demo.add_argument("--once", action="store_true", help="run through, and exit 0 only if the isolation held")
    demo.add_argument("--upstream", metavar="HOST:PORT", help="use this cluster instead of the embedded broker")
    demo.add_argument("--port", type=int, default=19092, help="first port of Klamm's addresses (default: 19092)")
    return parser


class _Version(argparse.Action):
    """Prints the version line, which takes imports that other commands do not need."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        import ssl
        from importlib.metadata import PackageNotFoundError, version

        def installed(package: str) -> str:
            try:
                return version(package)
            except PackageNotFoundError:
                return "no"

        parts = [f"python {platform.python_version()}", f"construct {installed('construct')}"]
        parts += [f"openssl {ssl.OPENSSL_VERSION.split()[1]}", f"uvloop {installed('uvloop')}"]
        sys.stdout.write(f"klamm {__version__} ({', '.join(parts)})\n")
        parser.exit()


def _add_config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-c", "--config", metavar="FILE", help=f"the configuration (default: {' or '.join(_DEFAULT_FILES)})"
    )


def _config_file(options: argparse.Namespace) -> str | None:
    if options.config is not None:
        return str(options.config)
    found = next((name for name in _DEFAULT_FILES if Path(name).exists()), None)
    if found is None:
        sys.stderr.write(f"klamm: there is no {' and no '.join(_DEFAULT_FILES)}; name a file with -c FILE\n")
    return found


def _run(options: argparse.Namespace) -> int:
    from klamm.config import ConfigError
    from klamm.observe import logs
    from klamm.observe.tap import Tap
    from klamm.proxy.settings import load_config
    from klamm.proxy.supervisor import run

    file = _config_file(options)
    if file is None:
        return EXIT_BAD_CONFIG
    logs.setup(options.log_format, options.log_level)
    try:
        config = load_config(file)
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_BAD_CONFIG
    for warning in config.warnings:
        logs.get("config").warning(str(warning))
    if options.tap is None:
        return run(config)
    try:
        tap = Tap(options.tap, tenants=options.tap_tenant, apis=options.tap_api, records=options.tap_records)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"klamm: --tap {options.tap}: {error}\n")
        return EXIT_CANNOT_WRITE if isinstance(error, OSError) else EXIT_USAGE
    try:
        return run(config, tap)
    finally:
        tap.close()


def _check(options: argparse.Namespace) -> int:
    from klamm.config import ConfigError, render
    from klamm.proxy.settings import load_config

    file = _config_file(options)
    if file is None:
        return EXIT_BAD_CONFIG
    try:
        config = load_config(file)
    except ConfigError as error:
        sys.stderr.write(f"{error}\n{file}: {_counted(len(error.problems), 'problem')}\n")
        return EXIT_BAD_CONFIG
    for warning in config.warnings:
        sys.stderr.write(f"{warning} (warning)\n")
    if options.print:
        sys.stdout.write(render(config))
    else:
        sets = _counted(len(config.proxy.listener_sets), "listener set")
        sys.stdout.write(f"{file}: good ({sets}, {_counted(len(config.tenants), 'tenant')})\n")
    return EXIT_OK


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _demo(options: argparse.Namespace) -> int:
    from klamm.demo.command import run_demo

    return run_demo(upstream=options.upstream, once=options.once, first_port=options.port)
