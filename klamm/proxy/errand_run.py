"""An errand on its way: its questions as frames under the client's own name, the broker's answers read for it."""

from __future__ import annotations

from klamm.proxy.requests import UpstreamError, read_answer
from klamm.tenancy.errands import Errand, Question
from klamm.wire.framing import frame
from klamm.wire.headers import RequestHeader, encode_request_header

__all__ = ["ErrandRun"]


class ErrandRun:
    """One errand for one waiting request, whose correlation and client id its questions bear.

    The broker answers in order, so the id need not differ from those of the client's own requests.
    """

    __slots__ = ("_client_id", "_correlation_id", "_errand", "_question")

    def __init__(self, errand: Errand, correlation_id: int, client_id: bytes | None) -> None:
        self._errand = errand
        self._correlation_id = correlation_id
        self._client_id = client_id
        self._question: Question | None = None

    def begin(self) -> bytes | None:
        """Gives the frame of the first question, or None for an errand that has none."""
        self._question = next(self._errand, None)
        return self._frame()

    def answered(self, answer: bytes) -> bytes | None:
        """Takes the broker's answer and gives the frame of the next question, or None; raises UpstreamError."""
        asked = self._question
        if asked is None:
            raise UpstreamError("answered an errand that has asked nothing")
        value = read_answer(asked.api, asked.version, self._correlation_id, answer)
        try:
            self._question = self._errand.send(value)
        except StopIteration:
            self._question = None
        return self._frame()

    def _frame(self) -> bytes | None:
        asked = self._question
        if asked is None:
            return None
        header = RequestHeader(asked.api.key, asked.version, self._correlation_id, self._client_id)
        head = encode_request_header(header, asked.api.request_header_version(asked.version))
        return frame(head + asked.api.request(asked.version).build(asked.body))
