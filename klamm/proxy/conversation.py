"""One client's conversation with the cluster, without sockets: frames in, bytes for both sides out.

Theory of operation
-------------------
Whole frames (without their length) are handed in from both sides; what is to be written is found in `to_broker` and
`to_client` afterwards. Whoever owns the sockets writes those and looks at `attention`, one flag for all that is rare:
then one of `identity`, `refusal`, `wants_cluster` or `ending` says what there is to do.

    LOGIN --login succeeds--> BOUND --begin(session)--> READY <--> AGAIN
      |                       (starts here without login) |           |
      +------------> REFUSED <-------- a login fails -----+-----------+
                        |                                             any, by anything wrong
                        +--refuse()-----------------> OVER <----------------------------------

LOGIN: only what the rules allow before login, answered here. BOUND: the tenant is known, and frames wait until there
is a broker. READY: requests are rewritten and forwarded under the client's own correlation ids. AGAIN: the client
confirms who it is (KIP-368) and may do nothing else meanwhile. REFUSED: nothing is read any more; the last answer waits
for the delay that makes guessing passwords slow.

Answers leave in the order of their requests. For that each request leaves an entry in a queue: what the broker's answer
will need, or the finished bytes of an answer given here. The head is never such bytes (they leave at once), so a
broker's frame must answer the head; one that does not ends the conversation, for from then on nobody knows whose
answers these are. A request without an answer (acks=0) leaves no entry.

Where the broker has to be asked something before a request can be decided (an errand), the question goes through the
same queue, and its answer to the errand alone.

Frames that may not be taken yet stay in `unread`: while `in_flight` requests wait for answers, while a side cannot take
what is written to it (`held`), while an errand is under way, while there is no broker. The owner stops reading the
client as long as there are any, so what waits is never more than one read.
"""

from __future__ import annotations

from struct import Struct

from klamm.auth.credentials import Identity
from klamm.proxy import api_versions
from klamm.proxy.answers import Answers
from klamm.proxy.envelope import ClientIds, Rename, answer_head, body_offset, put, renewed_header
from klamm.proxy.errand_run import ErrandRun
from klamm.proxy.lanes import Lane
from klamm.proxy.login import Login, refuse_handshake, refuse_token
from klamm.proxy.terms import Stage, Terms
from klamm.rewriting import Answer, Forward, Leak, LookUp, Session
from klamm.tenancy.errands import LookUps, look_up
from klamm.wire.errors import Malformed
from klamm.wire.framing import frame
from klamm.wire.headers import decode_request_header, peek_request

__all__ = ["Conversation"]

_peek = Struct(">hhi").unpack_from


class Conversation(Answers):
    """The state of one client connection and its broker connection, apart from the sockets."""

    __slots__ = ("_allowance", "_client_ids", "_decided", "_lanes", "_login", "_rename", "held", "refusal")

    def __init__(self, terms: Terms, login: Login | None, tenant: str = "") -> None:
        """Starts with a login, or without one for a `tenant` that is bound already."""
        super().__init__(terms, Stage.BOUND if login is None else Stage.LOGIN, tenant)
        self._lanes = terms.lanes.known
        self._login = login
        self._allowance = LookUps()
        self._decided = False
        self._rename: Rename | None = None
        self._client_ids: ClientIds | None = None
        self.held = False
        self.refusal = b""

    @property
    def identity(self) -> Identity | None:
        """Who has logged in; None before, and where nobody need."""
        return None if self._login is None else self._login.identity

    @property
    def mechanism(self) -> str | None:
        """How the client has logged in; None where nobody need."""
        return None if self._login is None else self._login.mechanism

    @property
    def idle(self) -> bool:
        """Whether no request waits for anything."""
        return not self._fifo and not self.unread

    @property
    def can_advance(self) -> bool:
        """Whether the next waiting frame could be taken now."""
        return (
            bool(self.unread)
            and not self.held
            and not self.wants_cluster
            and not self.on_errand
            and len(self._fifo) < self._terms.in_flight
            and self.stage in (Stage.LOGIN, Stage.READY, Stage.AGAIN)
        )

    @property
    def frame_limit(self) -> int:
        """How long the client's next frame may be."""
        if self.stage is not Stage.LOGIN or self._login is None:
            return self._terms.frame
        return self._terms.sasl_token if self._login.expects_raw else self._terms.login_frame

    def introduce(self, number: int) -> None:
        """Tells the number of the connection, for those who listen."""

    def begin(self, session: Session, allowance: LookUps | None = None) -> None:
        """Lets requests through: the broker is there. `allowance` is what the whole tenant may have looked up."""
        self._session = session
        self._allowance = allowance or self._allowance
        if self._rewriter.names_clients:
            self._rename = session.view.client_id_to_upstream
            self._client_ids = ClientIds(self._rename)
        self.stage = Stage.READY
        self.advance()

    def receive_client(self, frames: list[bytes]) -> None:
        """Takes what the client sent."""
        if self.ending is None and self.stage is not Stage.REFUSED:
            self.unread.extend(frames)
            self.advance()

    def receive_broker(self, frames: list[bytes]) -> None:
        """Takes what the broker sent."""
        if self.ending is not None:
            return
        try:
            for answer in frames:
                self._answered(answer)
                if self.stage is Stage.OVER:
                    return
        except Malformed as error:
            self._fail_upstream("malformed", f"a broker's answer cannot be read: {error}")
        except Leak as error:
            self._leaked(error)
        if self.unread:
            self.advance()

    def advance(self) -> None:
        """Takes waiting frames as far as they may be taken, at most `in_flight` at a time.

        What is left over then is for another turn, so that one client's burst does not stop the others.
        """
        self.wants_cluster = False
        unread, fifo, limit = self.unread, self._fifo, self._terms.in_flight
        turn = limit
        try:
            while unread and turn and not self.held and not self.on_errand and len(fifo) < limit:
                if self.stage is Stage.READY:
                    taken = self._request(unread[0])
                elif self.stage is Stage.LOGIN or self.stage is Stage.AGAIN:
                    taken = self._before_login(unread[0])
                else:
                    return
                if not taken or not unread:
                    return
                unread.popleft()
                turn -= 1
        except Malformed as error:
            self.malformed(error)

    def malformed(self, error: Malformed) -> None:
        """Ends the conversation over bytes from the client that are no request to answer."""
        stage = "ready" if self.stage is Stage.READY else "login"
        self._terms.counters.count("klamm_malformed_frames_total", stage=stage)
        self._end("malformed", str(error))

    def refuse(self) -> None:
        """Ends a failed login: the delay is over. The answer is left out if others before it are still due."""
        if self.refusal and not self._fifo:
            self.to_client.append(self.refusal)
        self._end("auth_failed", "the login failed")

    # -- from the client, READY

    def _request(self, request: bytes) -> bool:
        if len(request) < 8:
            peek_request(request)
        api_key, version, correlation_id = _peek(request)
        lane = self._lanes.get((api_key, version)) or self._terms.lanes.find(api_key, version)
        if lane is None:
            return self._unknown(api_key, version, correlation_id)
        if lane.local is not None:
            return self._local(lane, request, correlation_id)
        session = self._session
        if session is None:
            return False
        offset, plain = body_offset(request, lane.request_header)
        looks_up, self._decided = not self._decided, False
        mark = 0 if plain and self._client_ids is None else None
        outcome = self._rewriter.request(lane.route, request, session, offset, mark, looks_up=looks_up)
        if isinstance(outcome, LookUp):
            return self._look_up(outcome, session, request, lane)
        counter = lane.requests.get(self.tenant)
        if counter is None:
            self._terms.lanes.count(lane, self.tenant)
        else:
            counter.value += 1
        if isinstance(outcome, Forward):
            self._forward(outcome, lane, correlation_id, request, offset if plain else 0)
        elif isinstance(outcome, Answer):
            self._count_denied(lane)
            self._reply(correlation_id, lane, outcome.body)
        else:
            self._count_denied(lane)
            self._end("error", f"{lane.route.api.name} was refused, and a request with acks=0 has no answer to say so")
        return True

    def _forward(self, outcome: Forward, lane: Lane, correlation_id: int, request: bytes, plain: int) -> None:
        """Sends a request up; `plain` is where its body begins if its header may be copied, else 0."""
        response_header = lane.response_header
        upstream = outcome.pending.upstream
        if upstream is not lane.route or not plain:
            api = upstream.api
            header = api.request_header_version(outcome.version)
            head = renewed_header(request, lane.request_header, api.key, outcome.version, header, self._rename)
            outcome.pieces.insert(0, head)
            response_header = api.response_header_version(outcome.version)
        elif self._client_ids is not None:
            outcome.pieces.insert(0, request[:8] + self._client_ids[request[8:plain]])
        put(self.to_broker, outcome.pieces, self._terms.upstream_frame)
        if outcome.pending.expects_answer:
            self._fifo.append((correlation_id, lane, response_header, outcome.pending))

    def _look_up(self, wanted: LookUp, session: Session, request: bytes, lane: Lane) -> bool:
        # The request stays where it is, and is decided when it is met the next time.
        header, _ = decode_request_header(request, lane.request_header)
        errand = look_up(wanted.topic_ids, session.topic_ids, session.view, self._allowance)
        run = ErrandRun(errand, header.correlation_id, header.client_id)
        self._decided = True
        question = run.begin()
        if question is None:
            return self._request(request)
        self._terms.counters.count("klamm_topic_id_lookups_total", tenant=self.tenant)
        self.on_errand = True
        self._ask(run, question)
        return False

    # -- from the client, answered here

    def _before_login(self, request: bytes) -> bool:
        login = self._login
        if login is None:
            return False
        self.attention = True
        if login.expects_raw:
            return self._token(login, request)
        api_key, version, correlation_id = peek_request(request)
        lane = self._terms.lanes.find(api_key, version)
        if lane is None:
            return self._unknown(api_key, version, correlation_id)
        if not lane.before_login or lane.local is None:
            raise Malformed(f"{lane.route.api.name} before or during a login")
        return self._local(lane, request, correlation_id)

    def _unknown(self, api_key: int, version: int, correlation_id: int) -> bool:
        if api_key != api_versions.API_VERSIONS.key or (self._login is not None and self._login.exchanging):
            raise Malformed(f"api key {api_key} version {version} is not offered here")
        body = api_versions.unsupported_version(self._terms.offers.own_range)
        self._queue(answer_head(correlation_id, 0) + body)
        return True

    def _local(self, lane: Lane, request: bytes, correlation_id: int) -> bool:
        offset, _ = body_offset(request, lane.request_header)
        body = request[offset:]
        if lane.local == "api_versions":
            return self._api_versions(lane, body, correlation_id)
        login = self._login
        if login is None:
            refuse = refuse_handshake if lane.local == "sasl_handshake" else refuse_token
            self._reply(correlation_id, lane, refuse(lane.version))
            return True
        act = login.handshake if lane.local == "sasl_handshake" else login.authenticate
        answer = act(lane.version, body)
        if login.failed:
            self._refuse_later(frame(answer_head(correlation_id, lane.response_header) + answer))
            return True
        self._reply(correlation_id, lane, answer)
        self._follow(login)
        return True

    def _api_versions(self, lane: Lane, body: bytes, correlation_id: int) -> bool:
        if self._login is not None and self._login.exchanging:
            raise Malformed("ApiVersions in the middle of a login")
        snapshot = self._terms.cluster()
        offer = self._terms.offers.for_node(snapshot, self._terms.node_id)
        if offer is None:
            self.wants_cluster = self.attention = True
            return False
        here = None
        if self._session is not None and snapshot is not None:
            here = (self._session.view.cluster_id(snapshot.cluster_id), self._terms.node_id)
        self._reply(correlation_id, lane, api_versions.answer(lane.version, body, offer, here))
        return True

    def _token(self, login: Login, token: bytes) -> bool:
        answer = login.token(token)
        if answer is None:
            self._refuse_later(b"")
            return True
        self._queue(answer)
        self._follow(login)
        return True

    def _follow(self, login: Login) -> None:
        if login.exchanging:
            self.stage = Stage.AGAIN if self._session is not None else Stage.LOGIN
        elif self._session is not None:
            self.stage = Stage.READY
        elif login.identity is not None:
            self.tenant = login.identity.tenant
            self.stage = Stage.BOUND

    def _refuse_later(self, refusal: bytes) -> None:
        self.refusal = refusal
        self.stage = Stage.REFUSED
        self.attention = True
        self.unread.clear()
