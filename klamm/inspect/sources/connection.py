"""One captured TCP connection: who is the client, is it Kafka at all, and its frames in both directions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from klamm.inspect.dialogue import Dialogue
from klamm.inspect.model import REQUEST, RESPONSE, Frame, Trouble
from klamm.inspect.sources.cutting import Cutter, Fragment, Piece
from klamm.inspect.sources.finding import AnswerFinder, RequestFinder, begins_request, name_of
from klamm.inspect.sources.packets import ACK, SYN, Segment, address
from klamm.inspect.sources.tcp import Half

__all__ = ["End", "TcpConnection"]

End = tuple[bytes, int]
"""Address and port of one end."""

_VERDICT = 15
_KEPT = 64
_MAX_UNDECIDED = 64


class TcpConnection:
    """Takes the segments of a connection, in the order they were captured.

    ``broker`` is the end that is known to be the broker's, if any. Otherwise it is the one that the first SYN goes to;
    where the capture began later, the one that gets the first segment that begins with a request. Until then segments
    wait.
    """

    def __init__(self, segment: Segment, broker: End | None, assume: tuple[int, int] | None) -> None:
        self.ends = (_sender(segment), (segment.target, segment.target_port))
        self.dialogue = Dialogue(" > ".join(address(*end) for end in self.ends), assume=assume)
        self.is_closing = False
        self.was_cut = False
        self._from_start = bool(segment.flags & SYN)
        if broker is None and self._from_start:
            broker = self.ends[0 if segment.flags & ACK else 1]
        self._client: End | None = None
        if broker is not None:
            self._bind(self.ends[0] if broker == self.ends[1] else self.ends[1])
        self._halves = {end: Half() for end in self.ends}
        self._cutters: dict[str, Cutter] = {}
        self._undecided: list[tuple[Segment, int, float]] = []
        self._first = b""
        self._judged = False
        self._foreign = False

    def is_over(self, segment: Segment) -> bool:
        """Tells whether a SYN begins another connection between the same ends, rather than repeating this one's."""
        return self.is_closing or self._halves[_sender(segment)].start != (segment.sequence + 1) % (1 << 32)

    def accept(self, segment: Segment, place: int, time: float) -> Iterable[Frame | Trouble]:
        """Takes one segment and gives what it completes."""
        if self._foreign:
            return ()
        if self._client is None:
            return self._undecidedly(segment, place, time)
        sender = segment.source, segment.source_port
        half = self._halves[sender]
        if segment.flags & SYN:
            half.begin(segment.sequence + 1)
            return ()
        direction = REQUEST if sender == self._client else RESPONSE
        data = segment.payload
        if not self._judged or not half.follows(segment.sequence, len(data)):
            return self._disorderly(direction, half, segment, place, time)
        cutter = self._cutters.get(direction) or self._cutter(direction)
        if cutter.takes_whole(data):
            return (Frame(self.dialogue, direction, data[4:], place, time),)
        return self._items(cutter.feed(data), direction, place, time)

    def _disorderly(
        self, direction: str, half: Half, segment: Segment, place: int, time: float
    ) -> Iterator[Frame | Trouble]:
        for hole, data in half.accept(segment.sequence, segment.payload):
            yield from self._take(direction, hole, data, place, time)

    def finish(self, place: int, time: float | None) -> Iterator[Frame | Trouble]:
        """Gives what is left when nothing more comes."""
        if self._undecided:
            yield self._not_kafka(None, "no request was found", place, self._undecided[0][0].payload)
            return
        for sender, half in self._halves.items():
            direction = REQUEST if sender == self._client else RESPONSE
            for hole, data in half.finish():
                yield from self._take(direction, hole, data, place, time)
        if self._first and not self._judged:
            yield from self._judge(REQUEST, b"", place, time, last=True)
        for direction, cutter in self._cutters.items():
            yield from self._items(cutter.finish(), direction, place, time)

    def _bind(self, client: End) -> None:
        self._client = client
        broker = self.ends[1] if client == self.ends[0] else self.ends[0]
        self.dialogue.name = f"{address(*client)} > {address(*broker)}"

    def _undecidedly(self, segment: Segment, place: int, time: float) -> Iterator[Frame | Trouble]:
        self._undecided.append((segment, place, time))
        name = name_of(segment.payload)
        if name is not None or len(self._undecided) > _MAX_UNDECIDED:
            yield self._not_kafka(None, name or "no request was found", place, segment.payload)
        elif begins_request(segment.payload, strict=True):
            self._bind(_sender(segment))
            waiting, self._undecided = self._undecided, []
            for earlier in waiting:
                yield from self.accept(*earlier)

    def _take(
        self, direction: str, hole: int, data: bytes, place: int, time: float | None
    ) -> Iterator[Frame | Trouble]:
        if self._foreign:
            return
        if not self._judged:
            yield from self._judge(direction, data, place, time)
            return
        cutter = self._cutters.get(direction) or self._cutter(direction)
        if hole:
            yield from self._items(cutter.hole(hole), direction, place, time)
        yield from self._items(cutter.feed(data), direction, place, time)

    def _cutter(self, direction: str) -> Cutter:
        finder = RequestFinder(self.dialogue) if direction == REQUEST else AnswerFinder(self.dialogue)
        cutter = self._cutters[direction] = Cutter(finder, in_step=self._from_start)
        return cutter

    def _judge(
        self, direction: str, data: bytes, place: int, time: float | None, last: bool = False
    ) -> Iterator[Frame | Trouble]:
        """Looks at the first bytes: Kafka, another protocol by its name, or something that nobody knows."""
        self._first += data
        name = name_of(self._first)
        if name is None and self._from_start:
            if direction == RESPONSE:
                name = "a protocol in which the server speaks first"
            elif len(self._first) < _VERDICT and not last:
                return
            elif not begins_request(self._first):
                name = "something else"
        self._judged = True
        if name is not None:
            yield self._not_kafka(direction, name, place, self._first)
            return
        yield from self._take(direction, 0, self._first, place, time)

    def _not_kafka(self, direction: str | None, name: str, place: int, data: bytes) -> Trouble:
        self._foreign = True
        self._undecided.clear()
        return Trouble(self.dialogue, direction, f"packet at byte {place}", f"not Kafka: {name}", place, data[:_KEPT])

    def _items(
        self, pieces: Iterable[Piece | Fragment], direction: str, place: int, time: float | None
    ) -> Iterator[Frame | Trouble]:
        for piece in pieces:
            if isinstance(piece, Fragment):
                where = f"packet at byte {place}, byte {piece.position} of the stream"
                yield Trouble(self.dialogue, direction, where, piece.reason, place, piece.window)
            else:
                yield Frame(self.dialogue, direction, piece.data, place, time, damage=piece.damage, size=piece.size)


def _sender(segment: Segment) -> End:
    return segment.source, segment.source_port
