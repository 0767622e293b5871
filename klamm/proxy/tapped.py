"""A conversation that is listened to: every frame goes to the tap as well, as the client and as the broker see it."""

from __future__ import annotations

from klamm.observe.tap import Tap
from klamm.proxy.conversation import Conversation
from klamm.proxy.envelope import answer_head
from klamm.proxy.lanes import Lane
from klamm.proxy.login import Login
from klamm.proxy.terms import Terms
from klamm.rewriting import Forward, Leak
from klamm.wire.errors import Malformed

__all__ = ["TappedConversation"]


class TappedConversation(Conversation):
    """Does what a conversation does; one that is not tapped pays nothing for it."""

    __slots__ = ("_number", "_replies", "_tap")

    def __init__(self, terms: Terms, login: Login | None, tenant: str, tap: Tap) -> None:
        super().__init__(terms, login, tenant)
        self._tap = tap
        self._number = 0
        self._replies: list[tuple[Lane, bytes]] = []

    def introduce(self, number: int) -> None:
        self._number = number

    def _request(self, request: bytes) -> bool:
        before = len(self.to_broker)
        taken = super()._request(request)
        if taken and len(self.to_broker) == before:
            self._answered_here(request)
        return taken

    def _before_login(self, request: bytes) -> bool:
        is_token = self._login is not None and self._login.expects_raw
        taken = super()._before_login(request)
        if is_token:
            self._tap.token(self._number, self.tenant, request)
        elif taken:
            self._answered_here(request)
        return taken

    def _answered_here(self, request: bytes) -> None:
        self._tap.request(self._number, self.tenant, request)
        for lane, payload in self._replies:
            self._tap.response(self._number, self.tenant, lane.route.api.key, payload, version=lane.version)
        self._replies.clear()

    def _reply(self, correlation_id: int, lane: Lane, body: bytes) -> None:
        self._replies.append((lane, answer_head(correlation_id, lane.response_header) + body))
        super()._reply(correlation_id, lane, body)

    def _forward(self, outcome: Forward, lane: Lane, correlation_id: int, request: bytes, plain: int) -> None:
        before = len(self.to_broker)
        super()._forward(outcome, lane, correlation_id, request, plain)
        self._tap.request(self._number, self.tenant, request, b"".join(self.to_broker[before:])[4:])

    def _answered(self, answer: bytes) -> None:
        head = self._fifo[0] if self._fifo else b""
        if not isinstance(head, tuple):
            super()._answered(answer)
            return
        _, lane, _, pending = head
        # What goes up as another API is answered in the same form.
        same = pending.upstream.api is lane.route.api
        key, versions = lane.route.api.key, (lane.version, pending.upstream.version if same else lane.version)
        before = len(self.to_client)
        try:
            super()._answered(answer)
        except (Leak, Malformed):
            self._tap.response(self._number, self.tenant, key, None, answer, *versions)
            raise
        written = b"".join(self.to_client[before:])
        if written:
            # Answers given here that waited for this one may have left with it.
            client = written[4 : 4 + int.from_bytes(written[:4])]
            self._tap.response(self._number, self.tenant, key, client, answer, *versions)
