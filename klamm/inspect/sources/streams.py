"""Raw streams: what one side of a connection sent, byte for byte, in a file; maybe with the other side's file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from klamm.inspect.dialogue import Dialogue
from klamm.inspect.model import REQUEST, RESPONSE, Frame, Trouble
from klamm.inspect.sources.cutting import Cutter, Fragment
from klamm.inspect.sources.finding import AnswerFinder, RequestFinder, begins_request, name_of

__all__ = ["stream_frames"]

_CHUNK = 1 << 20


def stream_frames(requests: BinaryIO | None, answers: BinaryIO | None, dialogue: Dialogue) -> Iterator[Frame | Trouble]:
    """Gives the frames of a client's stream and of the broker's, each answer once its request has been read.

    A broker answers in order, so both streams are read side by side and neither need be held in memory.
    """
    answered = None if answers is None else _side(answers, RESPONSE, dialogue)
    for item in _side(requests, REQUEST, dialogue) if requests is not None else ():
        waiting = len(dialogue.asked) + dialogue.tokens_due
        yield item
        # Whoever took the request has read its header by now: it is awaited, unless it is one without an answer.
        if answered is not None and len(dialogue.asked) + dialogue.tokens_due > waiting:
            yield from _next_answer(answered)
    if answered is not None:
        yield from answered


def _next_answer(answers: Iterator[Frame | Trouble]) -> Iterator[Frame | Trouble]:
    for item in answers:
        yield item
        if isinstance(item, Frame):
            return


def _side(stream: BinaryIO, direction: str, dialogue: Dialogue) -> Iterator[Frame | Trouble]:
    cutter = Cutter(RequestFinder(dialogue) if direction == REQUEST else AnswerFinder(dialogue))
    first = True
    while data := stream.read(_CHUNK):
        if first and direction == REQUEST and not begins_request(data):
            name = name_of(data)
            if name is not None:
                yield Trouble(dialogue, direction, "byte 0", f"not Kafka: {name}", 0, data[:64])
                return
        first = False
        for piece in cutter.feed(data):
            yield _item(piece, direction, dialogue)
    for piece in cutter.finish():
        yield _item(piece, direction, dialogue)


def _item(piece: object, direction: str, dialogue: Dialogue) -> Frame | Trouble:
    if isinstance(piece, Fragment):
        place = f"byte {piece.position}"
        return Trouble(dialogue, direction, place, piece.reason, piece.position, piece.window)
    return Frame(dialogue, direction, piece.data, piece.position, damage=piece.damage, size=piece.size)  # type: ignore[attr-defined]
