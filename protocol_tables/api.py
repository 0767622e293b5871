"""The declaration of one API: its messages in all versions, from which the layout of one version is derived."""

from __future__ import annotations

from klamm.wire import Message, Record, Versions

__all__ = ["Api"]


class Api:
    """One Kafka API: ``request`` and ``response`` are declared once and specialised per version, lazily.

    ``versions`` are those that the tables know, ``flexible`` those with compact lengths and tag buffers (KIP-482).
    ``response_header`` is set where the header does not follow from the body's version (ApiVersions, KIP-511).
    """

    def __init__(
        self,
        *,
        key: int,
        name: str,
        versions: str,
        flexible: str,
        request: Record,
        response: Record,
        response_header: int | None = None,
    ) -> None:
        self.key = key
        self.name = name
        self.versions = Versions.parse(versions)
        self.flexible = Versions.parse(flexible)
        self._request = request
        self._response = response
        self._response_header = response_header
        self._layouts: dict[tuple[str, int], Message] = {}

    def request(self, version: int) -> Message:
        """Gives the layout of a request body; raises KeyError for a version outside the table."""
        return self._layout("request", self._request, version)

    def response(self, version: int) -> Message:
        """Gives the layout of a response body; raises KeyError for a version outside the table."""
        return self._layout("response", self._response, version)

    def request_header_version(self, version: int) -> int:
        """Gives the version of the header before a request of this version."""
        return 2 if version in self.flexible else 1

    def response_header_version(self, version: int) -> int:
        """Gives the version of the header before a response of this version."""
        if self._response_header is not None:
            return self._response_header
        return 1 if version in self.flexible else 0

    def _layout(self, direction: str, declared: Record, version: int) -> Message:
        layout = self._layouts.get((direction, version))
        if layout is None:
            if version not in self.versions:
                raise KeyError(f"{self.name} has no version {version}")
            layout = Message(declared.at(version, version in self.flexible), f"{self.name} {direction}", version)
            self._layouts[direction, version] = layout
        return layout

    def __repr__(self) -> str:
        return f"<Api {self.name} ({self.key}) {self.versions}>"
