"""What a conversation begins with, and the words for where it stands and how it ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from klamm.observe.counters import Counters
from klamm.proxy.cluster import Snapshot
from klamm.proxy.lanes import Lanes
from klamm.proxy.offers import Offers
from klamm.rewriting import Rewriter

__all__ = ["Ending", "Stage", "Terms"]


class Stage(Enum):
    """How far a conversation has come."""

    LOGIN = auto()
    BOUND = auto()
    READY = auto()
    AGAIN = auto()
    REFUSED = auto()
    OVER = auto()


@dataclass(frozen=True, slots=True)
class Terms:
    """What all conversations at one port have in common; `node_id` None is the bootstrap port."""

    rewriter: Rewriter
    lanes: Lanes
    offers: Offers
    cluster: Callable[[], Snapshot | None]
    counters: Counters
    node_id: int | None
    in_flight: int
    frame: int
    upstream_frame: int
    login_frame: int
    sasl_token: int


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a conversation ended: a cause of `klamm_disconnects_total`, a text for the log, loud if it is an alarm."""

    cause: str
    reason: str
    loud: bool = False
