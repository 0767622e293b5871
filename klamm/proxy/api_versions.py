"""The one API that Klamm answers to anybody: which versions may be spoken here (KIP-511, KIP-584, KIP-1242)."""

from __future__ import annotations

import re
from typing import Any

from klamm.proxy.cluster import VersionRange
from klamm.proxy.offers import Offer
from protocol_tables import registry
from protocol_tables.errors import ErrorCode

__all__ = ["API_VERSIONS", "answer", "unsupported_version"]

API_VERSIONS = registry.named("ApiVersions")

# ApiVersionsRequest.SOFTWARE_NAME_VERSION_PATTERN; a broker matches the whole text.
_SOFTWARE = re.compile(r"[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?")
_FIRST_WITH_SOFTWARE = 3
_FIRST_WITH_CLUSTER = 5


def answer(version: int, body: bytes, offer: Offer, here: tuple[str | None, int | None] | None) -> bytes:
    """Gives the body of the answer to an ApiVersions request; raises Malformed.

    `here` is the cluster id and the node id that the client ought to believe it is talking to (None for the node: any),
    or None before login, when brokers do not check that either.
    """
    request = API_VERSIONS.request(version).parse(body)
    error = _error(version, request, here)
    if error:
        return API_VERSIONS.response(version).build({"error_code": error, "api_keys": []})
    return offer.body(version)


def unsupported_version(own: VersionRange) -> bytes:
    """Gives the body for a version outside the tables: always v0, naming our own range so that a client can retry."""
    row = {"api_key": API_VERSIONS.key, "min_version": own[0], "max_version": own[1]}
    return API_VERSIONS.response(0).build({"error_code": ErrorCode.UNSUPPORTED_VERSION, "api_keys": [row]})


def _error(version: int, request: dict[str, Any], here: tuple[str | None, int | None] | None) -> int:
    if version >= _FIRST_WITH_CLUSTER and (request["cluster_id"] is None) != (request["node_id"] == -1):
        return ErrorCode.INVALID_REQUEST
    if version >= _FIRST_WITH_SOFTWARE and not (
        _SOFTWARE.fullmatch(request["client_software_name"]) and _SOFTWARE.fullmatch(request["client_software_version"])
    ):
        return ErrorCode.INVALID_REQUEST
    if version >= _FIRST_WITH_CLUSTER and here is not None and request["cluster_id"] is not None:
        cluster_id, node_id = here
        if request["cluster_id"] != cluster_id or node_id not in (None, request["node_id"]):
            return ErrorCode.REBOOTSTRAP_REQUIRED
    return ErrorCode.NONE
