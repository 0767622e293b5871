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
        status = _api(given[1:]) if given[:1] == ["api"] else _inspect(given)
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        # Whoever read the output has seen enough. Python would complain once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return _INTERRUPTED


def _inspect(given: list[str]) -> int:
    from klamm.inspect.arguments import PROGRAM_VERSION, UsageError, parser

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

    try:
        return inspect(options, sys.stdout, sys.stderr)
    except UsageError as error:
        sys.stderr.write(f"klamm-inspect: {error}\n")
        return _USAGE


def _api(given: list[str]) -> int:
    from klamm.inspect.api_pages import show_api, show_apis
    from klamm.inspect.arguments import UsageError, api_parser

    options = api_parser().parse_args(given)
    try:
        if options.name is None:
            show_apis(sys.stdout, options.rules, options.width)
        else:
            show_api(sys.stdout, options.name, options.version, options.rules, options.width)
    except UsageError as error:
        sys.stderr.write(f"klamm-inspect: {error}\n")
        return _USAGE
    return 0


def _print_version() -> int:
    from klamm import __version__

    sys.stdout.write(f"klamm-inspect {__version__}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
