"""Touching: code that finds the fields with actions and puts what they become in place of what was there.

Between two touched places the frame is copied as it is: ``mark`` is where the next copied run begins, ``out`` holds the
runs and the new pieces. In a list whose entries may be left out the count is a piece of its own, set at the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from klamm.rewriting.actions import Action
from klamm.rewriting.actions.values import Carry, Force
from klamm.rewriting.plan.memo import Field
from klamm.rewriting.plan.scan import UNUSUAL, open_list, open_sized, scan, scan_tags, when_present
from klamm.rewriting.plan.source import Source
from klamm.wire import Array, Blob, Leaf, NullableRecord, Record, Text
from klamm.wire.base import WireType

__all__ = ["Toucher", "UnsupportedLayout"]


class UnsupportedLayout(Exception):
    """Says that rules and layout have a form that no plan is made for; the walker takes these frames."""


@dataclass
class _Capture:
    """A field that actions read: its leaf, and the expression for its bytes."""

    leaf: Leaf
    expression: str


@dataclass
class _Rest:
    """What is left of a record behind the field that is being written, for entries that are left out half-way."""

    record: Record
    position: int


@dataclass
class _Entry:
    """The innermost list entry that is being written."""

    names: Mapping[str, str]
    rest: list[_Rest] = field(default_factory=list)


class Toucher:
    """Writes the scanning function of one message."""

    def __init__(self, source: Source, actions: Mapping[str, Sequence[Action]]) -> None:
        self.fields: list[Field] = []
        """The fields with remembered results, in the order of their numbers in the code."""
        self.carries = False
        """Whether the message leaves something for its answer."""
        self._source = source
        self._actions = {
            path: touching for path, verbs in actions.items() if (touching := [verb for verb in verbs if verb.touches])
        }
        self._read = {name for verbs in self._actions.values() for verb in verbs for name in verb.captures}
        self._captures: dict[str, _Capture] = {}
        self._carried: set[str] = set()
        self._entry: _Entry | None = None
        self._deferred: list[tuple[str, str, Leaf, str, str, str]] | None = None

    def record(self, layout: Record, path: str) -> None:
        """Adds the code of a record."""
        outer_deferred, self._deferred = self._deferred, None
        rest = _Rest(layout, 0)
        if self._entry is not None:
            self._entry.rest.append(rest)
        later = self._read_later(layout, path)
        for position, (name, kind) in enumerate(layout.plain):
            rest.position = position + 1
            self._field(name, kind, f"{path}.{name}" if path else name, name in later)
        for name, kind in layout.tagged.values():
            self._check_absent(kind, f"{path}.{name}" if path else name)
        scan_tags(self._source, layout)
        rest.position = len(layout.plain) + 1
        self._finish_deferred()
        if self._entry is not None:
            self._entry.rest.pop()
        self._deferred = outer_deferred

    def _read_later(self, layout: Record, path: str) -> set[str]:
        """Gives the names of fields whose actions read something that only comes behind them."""
        order = [name for name, _ in layout.plain]
        later = set()
        for position, name in enumerate(order):
            verbs = self._actions.get(f"{path}.{name}" if path else name, ())
            if any(read in order[position + 1 :] for verb in verbs for read in verb.captures):
                later.add(name)
        return later

    def _check_absent(self, kind: WireType, path: str) -> None:
        """Makes sure that a tagged field can be left alone while it is not there: one that is makes a frame unusual."""
        verbs = self._actions.get(path, ())
        if any(not isinstance(verb, Force) or verb.value != kind.fresh_default() for verb in verbs):
            raise UnsupportedLayout(path)
        if isinstance(kind, Record):
            for name, inner in kind.fields.items():
                self._check_absent(inner, f"{path}.{name}")

    def _is_touched(self, path: str) -> bool:
        return any(place == path or place.startswith((f"{path}.", f"{path}[")) for place in self._actions)

    def _field(self, name: str, kind: WireType, path: str, is_later: bool) -> None:
        if path in self._actions:
            if not isinstance(kind, Leaf):
                raise UnsupportedLayout(path)
            self._leaf(name, kind, path, is_later)
        elif isinstance(kind, Leaf):
            self._untouched(name, kind)
        elif not self._is_touched(path):
            scan(self._source, kind)
        elif self._deferred:
            raise UnsupportedLayout(path)
        elif isinstance(kind, Record):
            self.record(kind, path)
        elif isinstance(kind, NullableRecord):
            with when_present(self._source):
                self.record(kind.record, path)
        elif isinstance(kind, Array):
            self._list(kind, f"{path}[]")

    def _untouched(self, name: str, leaf: Leaf) -> None:
        if name in self._read:
            _, _, content = self._found(leaf)
            self._captures[name] = _Capture(leaf, content)
        else:
            scan(self._source, leaf)

    def _found(self, leaf: Leaf) -> tuple[str, str, str]:
        """Moves over a leaf and keeps where it was; gives start, end and the expression for its content."""
        source = self._source
        start, stop = source.fresh("s"), source.fresh("e")
        source.line(f"{start} = {source.here}")
        if not isinstance(leaf, Text | Blob):
            source.skip(leaf.min_size)
            return start, f"{start} + {leaf.min_size}", f"data[{start}:{start} + {leaf.min_size}]"
        size = source.fresh("n")
        open_sized(source, leaf, size)
        source.line(f"{stop} = pos")
        content = f"data[{stop} - {size}:{stop}]"
        return start, stop, f"({content} if {size} >= 0 else None)" if leaf.nullable else content

    def _leaf(self, name: str, leaf: Leaf, path: str, is_later: bool) -> None:
        start, stop, content = self._found(leaf)
        if name in self._read:
            self._captures[name] = _Capture(leaf, content)
        if is_later and self._deferred is None:
            self._deferred = []
        if self._deferred is not None:
            self._deferred.append((name, path, leaf, start, stop, content))
        else:
            self._act(name, path, leaf, start, stop, content)

    def _finish_deferred(self) -> None:
        for deferred in self._deferred or ():
            self._act(*deferred)
        self._deferred = None

    def _act(self, name: str, path: str, leaf: Leaf, start: str, stop: str, content: str) -> None:
        source, actions = self._source, self._actions[path]
        if len(actions) == 1 and (statement := actions[0].inline(leaf, content)) is not None:
            source.line(statement)
            self.carries = True
            self._carried |= {action.name for action in actions if isinstance(action, Carry)}
            return
        reads = self._reads(actions)
        found = Field(leaf, actions, [(name, capture.leaf if capture else None) for name, capture in reads])
        around = [capture.expression if capture else f"carried.get({name!r})" for name, capture in reads]
        with self._unless_spared(leaf, actions, content):
            if all(action.pure for action in actions):
                self.fields.append(found)
                key = f"({content}, {', '.join(around)},)" if around else content
                source.line(f"r = memo{len(self.fields)}[{key}]")
            else:
                act = source.refer("act", found.act)
                around = [capture.expression for _, capture in reads if capture]
                source.line(f"r = {act}(session, carried, {', '.join([content, *around])})")
                self.carries = True
            if any(action.hides for action in actions):
                self._drop()
            self._carried |= {action.name for action in actions if isinstance(action, Carry)}
            if any(action.changes for action in actions):
                self._splice(name, start, stop)

    def _splice(self, name: str, start: str, stop: str) -> None:
        source = self._source
        if name in self._read and name not in self._carried:
            # Others have read it as it came, and the walker would show them what it became.
            with source.block(f"if r != data[{start}:{stop}]:"):
                source.line(UNUSUAL)
            return
        source.line(f"out += (data[mark:{start}], r)")
        source.line(f"mark = {stop}")

    def _reads(self, actions: Sequence[Action]) -> list[tuple[str, _Capture | None]]:
        names = dict.fromkeys(name for action in actions for name in action.captures)
        impure = not all(action.pure for action in actions)
        reads = []
        for name in names:
            capture = None if name in self._carried else self._captures.get(name)
            if capture is not None or not impure:
                reads.append((name, capture))
        return reads

    @contextmanager
    def _unless_spared(self, leaf: Leaf, actions: Sequence[Action], content: str) -> Iterator[None]:
        spared = frozenset.intersection(*(action.spares for action in actions))
        if not spared:
            yield
            return
        source = self._source
        if isinstance(leaf, Text):
            # Null and the empty string are all that a text can be spared for.
            with source.block(f"if {content}:"):
                yield
            return
        values = source.refer("spared", frozenset(leaf.build(value) for value in spared))
        with source.block(f"if {content} not in {values}:"):
            yield

    def _list(self, layout: Array, path: str) -> None:
        source = self._source
        if isinstance(layout.element, Array):
            raise UnsupportedLayout(path)
        number, stop = source.fresh(""), source.fresh("c")
        names = {stem: f"{stem}{number}" for stem in ("count", "kept", "slot", "begin", "size", "from")}
        source.settle()
        source.line(f"{stop} = pos")
        open_list(source, layout, names["count"])
        drops = self._may_drop(layout.element, path)
        if drops:
            source.line(f"out += (data[mark:{stop}], data[{stop}:pos])")
            source.line(f"mark, {names['slot']}, {names['kept']} = pos, len(out) - 1, {names['count']}")
        outer, self._entry = self._entry, _Entry(names)
        captures = dict(self._captures)
        with source.block(f"for _ in range({names['count']}):"):
            if drops:
                source.line(f"{names['begin']}, {names['size']}, {names['from']} = pos, len(out), mark")
            self._element(layout.element, path)
            source.settle()
        self._entry, self._captures = outer, captures
        if drops:
            with source.block(f"if {names['kept']} != {names['count']}:"):
                encode = f"uvarint_bytes({names['kept']} + 1)" if layout.compact else f"int32_bytes({names['kept']})"
                source.line(f"out[{names['slot']}] = {encode}")

    def _element(self, element: WireType, path: str) -> None:
        if isinstance(element, Record):
            self.record(element, path)
        elif isinstance(element, Leaf):
            self._leaf("", element, path, is_later=False)
        else:
            raise UnsupportedLayout(path)

    def _may_drop(self, element: WireType, path: str) -> bool:
        return any(
            any(verb.hides for verb in verbs)
            for place, verbs in self._actions.items()
            if place.startswith(path) and "[]" not in place[len(path) :]
        )

    def _drop(self) -> None:
        """Adds what happens to an entry that is left out: the rest of it is moved over, and nothing of it copied."""
        source, entry = self._source, self._entry
        with source.fork("if r is None:"):
            if entry is None:
                source.line(UNUSUAL)
                return
            for rest in reversed(entry.rest):
                for _, kind in rest.record.plain[rest.position :]:
                    scan(source, kind)
                if rest.position <= len(rest.record.plain):
                    scan_tags(source, rest.record)
            source.settle()
            names = entry.names
            source.line(f"del out[{names['size']}:]")
            source.line(f"mark = {names['from']}")
            with source.block(f"if mark < {names['begin']}:"):
                source.line(f"out.append(data[mark:{names['begin']}])")
            source.line("mark = pos")
            source.line(f"{names['kept']} -= 1")
            source.line("continue")
