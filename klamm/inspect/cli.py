"""The klamm-inspect command."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

__all__ = ["main"]

_USAGE = 2
_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs klamm-inspect and gives its exit status; `--help` says what it does."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        status = _run(given)
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        # Whoever read the output has seen enough. Python would complain once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return _INTERRUPTED


def _run(given: list[str]) -> int:
    from klamm.inspect.arguments import UsageError

    command = {"api": _api, "plan": _plan}.get(given[0]) if given else None
    try:
        return _inspect(given) if command is None else command(given[1:])
    except UsageError as error:
        sys.stderr.write(f"klamm-inspect: {error}\n")
        return _USAGE


def _inspect(given: list[str]) -> int:
    from klamm.inspect.arguments import PROGRAM_VERSION, parser

    made = parser()
    options = made.parse_args(given)
    if options.version == PROGRAM_VERSION:
        return _print_version()
    if not options.input:
        if sys.stdin.isatty():
            made.print_help()
            return _USAGE
        options.input = ["-"]
    from klamm.inspect.run import inspect

    return inspect(options, sys.stdout, sys.stderr)


def _api(given: list[str]) -> int:
    from klamm.inspect.api_pages import show_api, show_apis
    from klamm.inspect.arguments import api_parser

    options = api_parser().parse_args(given)
    if options.name is None:
        show_apis(sys.stdout, options.rules, options.width)
    else:
        show_api(sys.stdout, options.name, options.version, options.rules, options.width)
    return 0


def _plan(given: list[str]) -> int:
    from klamm.inspect.arguments import plan_parser
    from klamm.inspect.plan_page import show_plan

    options = plan_parser().parse_args(given)
    show_plan(sys.stdout, options.name, options.direction, options.version, options.rules)
    return 0


def _print_version() -> int:
    from klamm import __version__

    sys.stdout.write(f"klamm-inspect {__version__}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
