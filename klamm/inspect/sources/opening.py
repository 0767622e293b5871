"""Opens what was named on the command line, finds out what it is, and gives its frames."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO

from klamm.inspect.dialogue import Dialogue
from klamm.inspect.model import REQUEST, RESPONSE, Frame, Trouble

__all__ = ["InputError", "Opening", "Progress", "frames_of"]

_HEAD = 4096
_HEX = re.compile(r"[<>]?\s*(?:0x)?(?:[0-9a-fA-F]{2}[\s:]*){8,}")


class InputError(Exception):
    """Says why an input cannot be opened."""


@dataclass(frozen=True, slots=True)
class Opening:
    """How inputs are to be understood: brokers' ports of a capture, and what the options say about bare frames."""

    ports: Collection[int] = ()
    assume: tuple[int, int] | None = None
    hex: bool = False
    follow: bool = False
    answers: str | None = None


class Progress:
    """How much of an input there is and how much has been read, for whoever shows it."""

    def __init__(self) -> None:
        self.total = 0
        self.name = ""
        self._file: BinaryIO | None = None
        self._before = 0

    def begin(self, name: str, file: BinaryIO) -> None:
        """Takes the next input."""
        self._before += self.total
        self.name = name
        self._file = file
        self.total = Path(name).stat().st_size if Path(name).is_file() else 0

    @property
    def done(self) -> int:
        """Bytes read of the input at hand."""
        return self._file.tell() if self._file is not None and self.total else 0


def frames_of(name: str, how: Opening, progress: Progress) -> Iterator[Frame | Trouble]:
    """Gives the frames of one input: ``-``, a file, or hex digits; raises InputError."""
    # Path.exists would raise for hex digits that are too long for the name of a file.
    if name != "-" and not os.path.exists(name):
        if not _HEX.fullmatch(name):
            raise InputError(f"{name}: no such file, and no hex either")
        yield from _hex([name], how)
        return
    try:
        with _opened(name) as file:
            progress.begin(name, file)
            yield from _recognised(name, file, how)
    except OSError as error:
        raise InputError(f"{name}: {error.strerror or error}") from None


def _opened(name: str) -> BinaryIO:
    if name == "-":
        return open(sys.stdin.fileno(), "rb", closefd=False)
    return Path(name).open("rb")


def _recognised(name: str, file: BinaryIO, how: Opening) -> Iterator[Frame | Trouble]:
    from klamm.inspect.sources.capture import capture_frames
    from klamm.inspect.sources.containers import PCAP_MAGICS, PCAPNG_MAGIC
    from klamm.inspect.sources.hex_lines import resembles_hex
    from klamm.inspect.sources.tap_file import Growing, tap_frames
    from klamm.observe.tap import MAGIC

    head = _peeked(file)
    if how.hex:
        return _hex((line.decode("ascii", "replace") for line in file), how)
    if head[:4] in (*PCAP_MAGICS, PCAPNG_MAGIC):
        if find_spec("dpkt") is None:
            raise InputError(f"{name}: to read a capture dpkt is needed: pip install 'klamm[inspect]'")
        return capture_frames(file, how.ports, how.assume)
    if head[: len(MAGIC)] == MAGIC:
        return tap_frames(Growing(Path(name)) if how.follow and name != "-" else file)
    if resembles_hex(head):
        return _hex((line.decode("ascii", "replace") for line in file), how)
    return _streams(file, how)


def _peeked(file: BinaryIO) -> bytes:
    peek = getattr(file, "peek", None)
    return peek(_HEAD)[:_HEAD] if peek is not None else b""


def _hex(lines: Iterable[str], how: Opening) -> Iterator[Frame | Trouble]:
    from klamm.inspect.sources.hex_lines import hex_frames

    unmarked = REQUEST if how.assume is None else RESPONSE
    return hex_frames(lines, Dialogue("hex", "line", assume=how.assume), unmarked=unmarked)


def _streams(file: BinaryIO, how: Opening) -> Iterator[Frame | Trouble]:
    from klamm.inspect.sources.streams import stream_frames

    dialogue = Dialogue("stream", assume=how.assume)
    if how.answers is not None:
        try:
            with Path(how.answers).open("rb") as answers:
                yield from stream_frames(file, answers, dialogue)
        except OSError as error:
            raise InputError(f"{how.answers}: {error.strerror or error}") from None
    elif how.assume is not None:
        yield from stream_frames(None, file, dialogue)
    else:
        yield from stream_frames(file, None, dialogue)
