"""The way of frames through the program: from the inputs, through the filters, to a printer."""

from __future__ import annotations

import argparse
from typing import TextIO

from klamm.inspect.arguments import UsageError, parse_size
from klamm.inspect.decoding import Body, decode
from klamm.inspect.model import Frame, Message
from klamm.inspect.printing import Printer
from klamm.inspect.progress import shown
from klamm.inspect.records.batches import Limits
from klamm.inspect.selection import Selection, api_key_of, error_code_of
from klamm.inspect.sources.opening import InputError, Opening, Progress, frames_of
from klamm.wire import Versions
from protocol_tables.registry import BY_KEY

__all__ = ["inspect"]


def inspect(options: argparse.Namespace, out: TextIO, err: TextIO) -> int:
    """Shows all inputs; gives the exit status. Raises UsageError."""
    try:
        selection = _selection(options)
        opening = _opening(options)
    except ValueError as error:
        raise UsageError(str(error)) from None
    printer = _printer(options, out)
    progress = Progress()
    work = _Work(selection, printer, out if options.follow or out.isatty() else None)
    with shown(progress) as bar:
        for name in options.input:
            try:
                for item in frames_of(name, opening, progress):
                    work.take(item)
                    if bar is not None:
                        bar.step()
            except InputError as error:
                err.write(f"klamm-inspect: {error}\n")
                work.failures += 1
    printer.close()
    return 1 if work.failures + printer.failures else 0


class _Work:
    """Numbers the frames, reads as much of each as is needed, and counts what could not be decoded."""

    def __init__(self, selection: Selection, printer: Printer, flushed: TextIO | None) -> None:
        self.failures = 0
        self._number = 0
        self._selection = selection
        self._needs_body = selection.needs_body
        self._printer = printer
        self._flushed = flushed

    def take(self, item: object) -> None:
        """Takes a frame or trouble."""
        if isinstance(item, Frame):
            self._number += 1
            self._message(item.dialogue.read(item, self._number))
        else:
            self.failures += 1
            if self._selection.shows_trouble:
                self._printer.trouble(item)  # type: ignore[arg-type]
        if self._flushed is not None:
            self._flushed.flush()

    def _message(self, message: Message) -> None:
        selection, printer = self._selection, self._printer
        wanted = selection.wants(message)
        body: Body | None = None
        if printer.needs_body or (wanted and self._needs_body):
            body = decode(message)
            if self._needs_body:
                wanted = wanted and selection.wants_body(message, body)
        if message.flaw is not None or (body is not None and body.flaw is not None):
            self.failures += 1
        printer.message(message, body, wanted)


def _selection(options: argparse.Namespace) -> Selection:
    tenants = frozenset({options.tenant}) if options.tenant is not None else None
    return Selection(
        apis=frozenset(map(api_key_of, _split(options.api))) or None,
        versions=None if options.version is None else _versions(options.version),
        client_id=options.client_id,
        tenants=tenants,
        view=None if options.diff else options.view,
        any_error=options.errors,
        codes=frozenset(map(error_code_of, _split(options.error))),
    )


def _versions(text: str) -> Versions:
    try:
        return Versions.parse(text)
    except ValueError:
        raise UsageError(f"--version {text!r} is no version; write 12, 9+ or 3-7") from None


def _opening(options: argparse.Namespace) -> Opening:
    ports = _split(options.port)
    if not all(port.isdigit() and 0 < int(port) < 65536 for port in ports):
        raise UsageError(f"--port {', '.join(ports)}: ports are numbers from 1 to 65535")
    assume = None
    if options.assume is not None:
        name, _, version = options.assume.partition(":")
        api = BY_KEY[api_key_of(name)]
        assume = (api.key, int(version) if version.isdigit() else api.versions.max)
        if assume[1] not in api.versions:
            raise UsageError(f"--as {options.assume}: {api.name} has the versions {api.versions}")
    return Opening(frozenset(map(int, ports)), assume, options.hex, options.follow, options.answers)


def _printer(options: argparse.Namespace, out: TextIO) -> Printer:
    limits = Limits(bytes=parse_size(options.max_batch_bytes))
    if options.diff:
        return _diff_printer(options, limits, out)
    if options.list:
        from klamm.inspect.listing import ListPrinter

        return ListPrinter(out)
    if options.json:
        from klamm.inspect.json_lines import JsonPrinter

        return JsonPrinter(out, limits if options.embedded else None, context=options.context)
    from klamm.inspect.embedded import Embedded
    from klamm.inspect.nodes import Style
    from klamm.inspect.tree import TreePrinter

    return TreePrinter(out, Style(Embedded(limits), options.limit, secrets=options.secrets), options.width)


def _diff_printer(options: argparse.Namespace, limits: Limits, out: TextIO) -> Printer:
    from klamm.inspect.diff_view import DiffPrinter
    from klamm.inspect.embedded import Embedded
    from klamm.inspect.named import rules_of
    from klamm.inspect.nodes import Style
    from klamm.inspect.preview import Preview
    from klamm.tenancy.namespace import NamespaceError

    rules = rules_of(options.rules)
    try:
        preview = None if options.tenant is None else Preview(rules, options.tenant)
    except NamespaceError as error:
        raise UsageError(f"--tenant {options.tenant}: {error}") from None
    style = Style(Embedded(limits), options.limit, secrets=options.secrets)
    return DiffPrinter(out, rules, preview, style, width=options.width, as_json=options.json)


def _split(values: list[str]) -> list[str]:
    return [part.strip() for value in values for part in value.split(",") if part.strip()]
