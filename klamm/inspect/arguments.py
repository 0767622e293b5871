"""The command line of klamm-inspect."""

from __future__ import annotations

import argparse
from typing import Final

__all__ = ["PROGRAM_VERSION", "UsageError", "api_parser", "parse_size", "parser", "plan_parser"]

PROGRAM_VERSION: Final = ""
"""What ``--version`` holds when it was given alone: then it asks for the program's version and chooses none."""

_DESCRIPTION = """\
Show Kafka frames so that people can read them, and what Klamm does to them.

INPUT is a packet capture (pcap, pcapng), a file that `klamm run --tap` wrote,
a file of frames as one side of a connection sent them, a file of hex lines,
hex digits themselves, or - for standard input (the default in a pipe). What a
file is, is found out from its first bytes."""

_EPILOG = """\
examples:
  klamm-inspect x.pcap                        every frame as a tree
  klamm-inspect --list x.pcap                 a line per frame, like tshark
  tcpdump -i any -w - port 9092 | klamm-inspect
                                              the same while it happens
  klamm-inspect --json x.pcap | jq .body      a JSON object per frame
  klamm-inspect --errors --api Produce x.pcap
                                              only answers that carry an error
  klamm-inspect 0000001900120000000000010009636f6e736f6c652d31...
                                              one frame from a log
  printf '> %s\\n< %s\\n' REQUEST ANSWER | klamm-inspect --hex
                                              a request and its answer, in hex
  klamm-inspect --as Metadata:12 ANSWER       an answer without its request
  klamm-inspect --diff tap                    as client and as broker saw it
  klamm-inspect --diff --tenant acme request.hex
                                              what Klamm would make of a frame
  klamm-inspect --follow --list tap           a running proxy, frame by frame
  klamm-inspect api                           all APIs, what the rules allow
  klamm-inspect api Metadata --version 12     one layout, a rule for each field
  klamm-inspect plan Metadata response 9      the code made of both

hex lines: one frame a line, its four bytes of length first; `> HEX` from the
client, `< HEX` from the broker, all lines one connection; `#` begins a
comment. Offsets of a bad frame count from the first byte of its length.

Exit status: 0 if everything was decoded, 1 if something was not (with --list:
if a header or a frame's end was not; bodies are not read), 2 for a mistake on
the command line."""


class UsageError(Exception):
    """Says what is wrong with the command line."""


def parser() -> argparse.ArgumentParser:
    """Gives the parser of everything but `klamm-inspect api` and `klamm-inspect plan`."""
    made = argparse.ArgumentParser(
        "klamm-inspect",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("input", nargs="*", metavar="INPUT", help="capture, tap, file of frames, hex digits, or -")
    _add_inputs(made)
    _add_outputs(made)
    _add_filters(made)
    return made


def _add_inputs(made: argparse.ArgumentParser) -> None:
    group = made.add_argument_group("input")
    group.add_argument("--hex", action="store_true", help="inputs are hex lines, whatever they look like")
    group.add_argument(
        "--port", action="append", default=[], metavar="PORT",
        help="brokers' ports in a capture, comma-separated (default: find Kafka by itself, name the rest)",
    )  # fmt: skip
    group.add_argument("--answers", metavar="FILE", help="what the broker sent, beside INPUT with what the client sent")
    group.add_argument(
        "--as", dest="assume", metavar="API:VERSION", help="what answers are to whose request is not in the input"
    )
    group.add_argument("--follow", action="store_true", help="go on reading a tap while Klamm writes it")
    group.add_argument(
        "--max-batch-bytes", default="16MiB", metavar="SIZE",
        help="give up on a record batch that expands to more (default: 16MiB)",
    )  # fmt: skip


def _add_outputs(made: argparse.ArgumentParser) -> None:
    group = made.add_argument_group("output")
    form = group.add_mutually_exclusive_group()
    form.add_argument("--list", action="store_true", help="a line per frame")
    form.add_argument("--json", action="store_true", help="a JSON object per frame")
    group.add_argument(
        "--diff", action="store_true",
        help="client's view beside broker's view, changed fields marked with the rule that changed them",
    )  # fmt: skip
    group.add_argument(
        "--rules", default="tenant_isolation", metavar="FILE|NAME", help="rules for --diff (default: tenant_isolation)"
    )
    group.add_argument("--context", action="store_true", help="with --json: also where and when each frame was found")
    group.add_argument("--embedded", action="store_true", help="with --json: open record batches and group metadata")
    group.add_argument("--secrets", action="store_true", help="show SASL tokens, which trees hide")
    group.add_argument("--limit", type=int, default=50, metavar="N", help="entries shown of a list, 0 for all (50)")
    group.add_argument("--width", type=int, metavar="N", help="columns (default: the terminal's)")


def _add_filters(made: argparse.ArgumentParser) -> None:
    group = made.add_argument_group("filters")
    group.add_argument("--api", action="append", default=[], metavar="API", help="names or keys, comma-separated")
    group.add_argument(
        "--version", nargs="?", const=PROGRAM_VERSION, metavar="N",
        help="message versions: 12, 9+ or 3-7; alone: print the program's version",
    )  # fmt: skip
    group.add_argument("--client-id", metavar="PATTERN", help="client ids, with * and ?")
    group.add_argument("--tenant", metavar="NAME", help="in a tap; else whose rewriting --diff shows")
    group.add_argument("--view", choices=("client", "broker"), help="in a tap, without --diff")
    group.add_argument("--errors", action="store_true", help="only answers with an error, and what cannot be read")
    group.add_argument(
        "--error", action="append", default=[], metavar="CODE", help="only answers with this error, number or name"
    )


def api_parser() -> argparse.ArgumentParser:
    """Gives the parser of `klamm-inspect api`."""
    made = argparse.ArgumentParser(
        "klamm-inspect api",
        description="Show the layout of an API's messages and the rule of each field; without NAME, all APIs.",
        epilog="A rule says what happens to a field on its way; what a verb does is told at the end.",
    )
    made.add_argument("name", nargs="?", metavar="NAME", help="an API's name or key")
    made.add_argument("--version", metavar="N", help="one version (default: all at once)")
    made.add_argument("--rules", default="tenant_isolation", metavar="FILE|NAME", help="(default: tenant_isolation)")
    made.add_argument("--width", type=int, metavar="N", help="columns (default: the terminal's)")
    return made


def plan_parser() -> argparse.ArgumentParser:
    """Gives the parser of `klamm-inspect plan`."""
    made = argparse.ArgumentParser(
        "klamm-inspect plan",
        description="Show the function that Klamm generates from layout and rules to rewrite a message in one pass, "
        "or say why the walker handles it alone.",
    )
    made.add_argument("name", metavar="NAME", help="an API's name or key")
    made.add_argument("direction", choices=("request", "response"), help="which of its messages")
    made.add_argument("version", nargs="?", metavar="N", help="its version (default: the newest that is allowed)")
    made.add_argument("--rules", default="tenant_isolation", metavar="FILE|NAME", help="(default: tenant_isolation)")
    return made


def parse_size(text: str) -> int:
    """Reads a number of bytes such as 1000, 64KiB or 16MiB; raises UsageError."""
    number = text.rstrip("KMGiBkmgb ")
    factor = {"": 1, "B": 1, "KIB": 1024, "MIB": 1024**2, "GIB": 1024**3}.get(text[len(number) :].strip().upper())
    if factor is None or not number.isdigit() or not 0 < int(number) * factor <= 2**31:
        raise UsageError(f"{text!r} is no size; write 1000, 64KiB or 16MiB, at most 2GiB")
    return int(number) * factor
