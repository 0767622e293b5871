"""A conversation with both sides scripted: `client` and `broker` say something, `to_client` and `to_broker` hear it."""

from __future__ import annotations

from functools import cache

from klamm.auth.credentials import CredentialStore
from klamm.auth.server import SaslServer
from klamm.observe.counters import Counters
from klamm.proxy.cluster import Broker, Features, Snapshot
from klamm.proxy.conversation import Conversation
from klamm.proxy.lanes import Lanes
from klamm.proxy.login import Login
from klamm.proxy.offers import Offers
from klamm.proxy.terms import Terms
from klamm.rewriting import Rewriter, Session, load_rules
from klamm.tenancy.namespace import Namespace
from klamm.tenancy.tenant import Permissions, Tenant
from klamm.tenancy.view import TenantView
from protocol_tables import registry
from tests.proxy.speech import frames, plain_login

__all__ = ["CLUSTER_ID", "EVERYTHING", "OWN_APIS", "Playbook", "cluster", "rewriter"]

CLUSTER_ID = "abcdefghijklmnopqrstuv"
OWN_APIS = frozenset({17, 18, 36})
EVERYTHING = {key: (api.versions.min, api.versions.max) for key, api in registry.BY_KEY.items()}
FEATURES = Features(
    {"transaction.version": (0, 2), "metadata.version": (7, 30), "share.version": (0, 1)},
    17,
    {"transaction.version": (2, 2), "metadata.version": (30, 30)},
)
STORE = CredentialStore([("alice", "secret", "acme"), ("anna", "secret", "acme"), ("gus", "secret", "globex")])


@cache
def rewriter() -> Rewriter:
    """Returns the real rules and tables; nothing about the rewriting is scripted."""
    return Rewriter(load_rules("tenant_isolation"))


def cluster(*node_ids: int) -> Snapshot:
    """Returns a cluster whose brokers speak all that the tables have."""
    brokers = {node_id: Broker(node_id, f"kafka-{node_id}", 9092, EVERYTHING, FEATURES) for node_id in node_ids}
    return Snapshot(CLUSTER_ID, brokers)


class Playbook:
    """One conversation at the port of broker 1 (or `node_id`), of a tenant that may auto-create topics or not."""

    def __init__(
        self,
        *,
        anonymous: str | None = None,
        node_id: int | None = 1,
        snapshot: Snapshot | None = None,
        in_flight: int = 64,
        frame: int = 1 << 20,
        auto_create: bool = True,
        topics: frozenset[str] | None = None,
    ) -> None:
        self.counters = Counters()
        self.snapshot = snapshot
        self.terms = Terms(
            rewriter=rewriter(),
            lanes=Lanes(rewriter(), self.counters),
            offers=Offers(rewriter().advertised, OWN_APIS),
            cluster=lambda: self.snapshot,
            counters=self.counters,
            node_id=node_id,
            in_flight=in_flight,
            frame=frame,
            upstream_frame=frame + 1024,
            login_frame=64 * 1024,
            sasl_token=16 * 1024,
        )
        login = None if anonymous else Login(SaslServer(STORE, token_limit=16 * 1024), self.counters)
        self.talk = Conversation(self.terms, login, anonymous or "")
        permissions = Permissions(auto_create_topics=auto_create)
        self._tenants = {
            name: Tenant(name, Namespace(f"__vt_{name}_", topics), permissions) for name in ("acme", "globex")
        }

    @classmethod
    def ready(cls, *, in_flight: int = 64, node_id: int | None = 1, auto_create: bool = True,
              topics: frozenset[str] | None = None) -> Playbook:  # fmt: skip
        """Returns one in which alice of acme has logged in and the broker is there."""
        book = cls(snapshot=cluster(1, 2), in_flight=in_flight, node_id=node_id, auto_create=auto_create, topics=topics)
        book.client(*plain_login("alice", "secret"))
        book.broker_is_there()
        book.to_client()
        return book

    def client(self, *requests: bytes) -> None:
        """The client sends requests, all at once."""
        self.talk.receive_client(list(requests))

    def broker(self, *answers: bytes) -> None:
        """The broker sends answers, all at once."""
        self.talk.receive_broker(list(answers))

    def broker_is_there(self) -> None:
        """The broker connection is made."""
        endpoints = {1: ("klamm.example", 9093), 2: ("klamm.example", 9094)}
        view = TenantView(self._tenants[self.talk.tenant], endpoints, CLUSTER_ID)
        self.talk.begin(Session(view))

    def to_client(self) -> list[bytes]:
        """Returns what the client has got since the last time, as frames without their length."""
        pieces, self.talk.to_client = self.talk.to_client, []
        return frames(pieces)

    def to_broker(self) -> list[bytes]:
        """Returns what the broker has got since the last time, as frames without their length."""
        pieces, self.talk.to_broker = self.talk.to_broker, []
        return frames(pieces)

    @property
    def cause(self) -> str | None:
        """Why it has ended; None: it goes on."""
        return None if self.talk.ending is None else self.talk.ending.cause

    def count(self, name: str) -> int:
        """Returns a counter, its labels summed up."""
        return sum(value for key, value in self.counters.snapshot().items() if key.split("{")[0] == name)
