"""The way back of a conversation: the broker's answers in the order of the requests, and how it all ends."""

from __future__ import annotations

from collections import deque
from struct import Struct

from klamm.proxy.envelope import answer_head, put
from klamm.proxy.errand_run import ErrandRun
from klamm.proxy.lanes import Lane
from klamm.proxy.requests import UpstreamError
from klamm.proxy.terms import Ending, Stage, Terms
from klamm.rewriting import Leak, Pending, Session
from klamm.wire.framing import frame
from klamm.wire.headers import decode_response_header

__all__ = ["Answers"]

_LONGEST = 2**31 - 1
"""Bytes that a frame to a client may have: what its length can say. What it was made from has been limited."""

_correlation_id = Struct(">i").unpack_from

_Awaited = tuple[int, Lane, int, Pending]
"""Correlation id, the client's lane, the version of the broker's response header, what the rewriter keeps."""


class Answers:
    """What a conversation keeps of the requests under way, and what it does with their answers."""

    __slots__ = (
        "_fifo",
        "_rewriter",
        "_session",
        "_terms",
        "attention",
        "ending",
        "on_errand",
        "stage",
        "tenant",
        "to_broker",
        "to_client",
        "unread",
        "wants_cluster",
    )

    def __init__(self, terms: Terms, stage: Stage, tenant: str) -> None:
        self._terms = terms
        self._rewriter = terms.rewriter
        self._session: Session | None = None
        self._fifo: deque[_Awaited | bytes | ErrandRun] = deque()
        self.stage = stage
        self.tenant = tenant
        self.unread: deque[bytes] = deque()
        self.to_broker: list[bytes] = []
        self.to_client: list[bytes] = []
        self.on_errand = False
        self.attention = False
        self.wants_cluster = False
        self.ending: Ending | None = None

    # -- from the broker

    def _answered(self, answer: bytes) -> None:
        fifo = self._fifo
        head = fifo[0] if fifo else b""
        session = self._session
        if isinstance(head, ErrandRun):
            return self._errand_answered(head, answer)
        if isinstance(head, bytes) or session is None:
            return self._fail_upstream("unexpected", "a broker sent an answer that no request waits for")
        correlation_id, lane, header_version, pending = head
        if len(answer) < 4 or _correlation_id(answer)[0] != correlation_id:
            return self._fail_upstream("unexpected", "a broker answered another request than the oldest one")
        mark, offset = 0, 4
        if header_version:
            offset = 5 if answer[4:5] == b"\0" else decode_response_header(answer, header_version)[1]
        if offset > 5 or header_version != lane.response_header:
            mark = offset
        pieces = self._rewriter.response_pieces(pending, answer, session, offset, mark)
        if mark:
            pieces.insert(0, answer_head(correlation_id, lane.response_header))
        put(self.to_client, pieces, _LONGEST)
        self._next()
        return None

    def _errand_answered(self, run: ErrandRun, answer: bytes) -> None:
        try:
            question = run.answered(answer)
        except UpstreamError as error:
            return self._fail_upstream("malformed", f"a broker {error}")
        self._next()
        if question is None:
            self.on_errand = False
        else:
            self._ask(run, question)
        return None

    def _ask(self, run: ErrandRun, question: bytes) -> None:
        self._fifo.append(run)
        self.to_broker.append(question)

    def _next(self) -> None:
        fifo = self._fifo
        fifo.popleft()
        while fifo and isinstance(ready := fifo[0], bytes):
            self.to_client.append(ready)
            fifo.popleft()

    # -- out

    def _reply(self, correlation_id: int, lane: Lane, body: bytes) -> None:
        self._queue(answer_head(correlation_id, lane.response_header) + body)

    def _queue(self, payload: bytes) -> None:
        (self._fifo if self._fifo else self.to_client).append(frame(payload))

    def _count_denied(self, lane: Lane) -> None:
        self._terms.counters.count(
            "klamm_denied_total",
            tenant=self.tenant,
            api=lane.route.api.name,
            reason="api" if lane.route.denied else "name",
        )

    def _leaked(self, leak: Leak) -> None:
        head = self._fifo[0]
        api = head[1].route.api.name if isinstance(head, tuple) else ""
        self._terms.counters.count("klamm_leaks_prevented_total", tenant=self.tenant, api=api)
        self._end("error", f"an answer was withheld, it would have shown what is not the tenant's: {leak}", loud=True)

    def _fail_upstream(self, kind: str, reason: str) -> None:
        self._terms.counters.count("klamm_upstream_errors_total", kind=kind)
        self._end("error", reason)

    def _end(self, cause: str, reason: str, *, loud: bool = False) -> None:
        if self.ending is None:
            self.ending = Ending(cause, reason, loud)
        self.stage = Stage.OVER
        self.attention = True
        self.wants_cluster = False
        self.unread.clear()
        self._fifo.clear()
