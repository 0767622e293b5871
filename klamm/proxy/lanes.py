"""Routes with what the data path needs beside them, found by (api key, api version) in one dict look-up."""

from __future__ import annotations

from collections.abc import Mapping

from klamm.observe.counters import Counter, Counters
from klamm.rewriting import Rewriter, Route

__all__ = ["Lane", "Lanes"]


class Lane:
    """One API in one version: its route, and the versions of the headers around its bodies."""

    __slots__ = ("before_login", "local", "request_header", "requests", "response_header", "route", "version")

    def __init__(self, route: Route) -> None:
        self.route = route
        self.version = route.version
        self.local = route.local
        self.before_login = route.before_login
        self.request_header = route.api.request_header_version(route.version)
        self.response_header = route.api.response_header_version(route.version)
        self.requests: dict[str, Counter] = {}
        """The tenants' counters of this API's requests."""


class Lanes:
    """All lanes met so far, shared by all connections; there are never more than the rules have versions."""

    __slots__ = ("_counters", "_known", "_rewriter", "known")

    def __init__(self, rewriter: Rewriter, counters: Counters) -> None:
        self._counters = counters
        self._rewriter = rewriter
        self._known: dict[tuple[int, int], Lane] = {}
        self.known: Mapping[tuple[int, int], Lane] = self._known
        """For the hot path; a miss there means `find`."""

    def find(self, api_key: int, version: int) -> Lane | None:
        """Gives the lane, or None for a key or version that the rules do not have."""
        lane = self._known.get((api_key, version))
        if lane is None:
            route = self._rewriter.lookup(api_key, version)
            if route is None:
                # Not remembered: the other side chooses what it asks for.
                return None
            lane = self._known[api_key, version] = Lane(route)
        return lane

    def count(self, lane: Lane, tenant: str) -> None:
        """Counts a tenant's first request in a lane; the data path adds the later ones itself."""
        counter = self._counters.counter("klamm_requests_total", tenant=tenant, api=lane.route.api.name)
        lane.requests[tenant] = counter
        counter.add()
