"""Klamm's own connection to a broker: one question at a time, about the cluster and what the broker speaks."""

from __future__ import annotations

import asyncio
from typing import Any

from klamm.proxy.cluster import Features, VersionRange
from klamm.proxy.requests import UpstreamError, own_request, read_answer
from klamm.proxy.upstream_login import UpstreamLogin
from protocol_tables import registry
from protocol_tables.errors import ErrorCode, stock_text

__all__ = ["ControlLink"]

_API_VERSIONS = registry.named("ApiVersions")
_METADATA = registry.named("Metadata")

_FRAME = 4 * 1024 * 1024
"""Bytes that an answer may have: a thousand brokers fit in a tenth of it."""

_MOST_BROKERS = 1000
_MOST_FEATURES = 1000

# v4 also tells features whose lowest level is 0 (KAFKA-17492), v3 the others, v0 is spoken by everybody.
_TRIED = (4, 3, 0)
_SOFTWARE = {"client_software_name": "klamm", "client_software_version": "1"}


class ControlLink:
    """A connection for questions; everything that goes wrong on it is OSError or UpstreamError and spoils it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._asked = 0
        self.versions: dict[int, VersionRange] = {}
        """What the broker said when it was asked last."""

    @classmethod
    async def open(cls, host: str, port: int, login: UpstreamLogin | None) -> ControlLink:
        """Connects, and logs in if need be."""
        link = cls(*await asyncio.open_connection(host, port))
        try:
            if login is not None:
                await link._log_in(login)
        except BaseException:
            link.close()
            raise
        return link

    @property
    def usable(self) -> bool:
        """Whether the broker has not closed it."""
        return not (self._writer.is_closing() or self._reader.at_eof())

    def close(self) -> None:
        """Closes it."""
        self._writer.close()

    async def api_versions(self) -> tuple[dict[int, VersionRange], Features]:
        """Asks what the broker speaks; a broker that does not know our version is asked in an older one."""
        for version in _TRIED:
            answer = await self._exchange(_API_VERSIONS, version, dict(_SOFTWARE))
            # A broker says "not this version" in the layout of v0, whatever was asked.
            if answer[4:6] == _UNSUPPORTED and version:
                continue
            value = read_answer(_API_VERSIONS, version, self._asked, answer)
            _check(value, "ApiVersions")
            self.versions = {row["api_key"]: (row["min_version"], row["max_version"]) for row in value["api_keys"]}
            return self.versions, _features(value)
        raise UpstreamError("speaks no version of ApiVersions")

    async def metadata(self) -> dict[str, Any]:
        """Asks for the cluster's id and its brokers, in the oldest version that tells both."""
        low, high = self.versions.get(_METADATA.key, (0, -1))
        # v1 is the first in which an empty list of topics means none of them, v2 the first with the cluster's id.
        version = max(low, min(high, 2))
        if not 1 <= version <= min(high, _METADATA.versions.max):
            raise UpstreamError(f"speaks Metadata {low} to {high}, Klamm 1 to {_METADATA.versions.max}")
        question = {"topics": [], "allow_auto_topic_creation": False}
        value = read_answer(_METADATA, version, self._asked + 1, await self._exchange(_METADATA, version, question))
        _check(value, "Metadata")
        if not 0 < len(value["brokers"]) <= _MOST_BROKERS:
            raise UpstreamError(f"knows {len(value['brokers'])} brokers; 1 to {_MOST_BROKERS} can be served")
        return value

    async def _exchange(self, api: Any, version: int, question: dict[str, Any]) -> bytes:
        self._asked += 1
        self._writer.write(own_request(api, version, self._asked, question))
        return await self._frame()

    async def _log_in(self, login: UpstreamLogin) -> None:
        request = login.start()
        while request:
            self._writer.write(request)
            request = login.receive(await self._frame())

    async def _frame(self) -> bytes:
        try:
            size = int.from_bytes(await self._reader.readexactly(4), signed=True)
            if not 0 < size <= _FRAME:
                raise UpstreamError(f"sent a frame of {size} bytes, the limit is {_FRAME}")
            return await self._reader.readexactly(size)
        except asyncio.IncompleteReadError:
            raise UpstreamError("closed the connection instead of answering") from None


_UNSUPPORTED = int(ErrorCode.UNSUPPORTED_VERSION).to_bytes(2)


def _check(value: dict[str, Any], api: str) -> None:
    code = value.get("error_code", ErrorCode.NONE)
    if code != ErrorCode.NONE:
        raise UpstreamError(f"answered {api} with error {code}: {stock_text(code)}")


def _features(value: dict[str, Any]) -> Features:
    supported = value.get("supported_features", [])
    finalized = value.get("finalized_features", [])
    if max(len(supported), len(finalized)) > _MOST_FEATURES:
        raise UpstreamError(f"has more than {_MOST_FEATURES} features")
    return Features(
        {row["name"]: (row["min_version"], row["max_version"]) for row in supported},
        value.get("finalized_features_epoch", -1),
        {row["name"]: (row["min_version_level"], row["max_version_level"]) for row in finalized},
    )
