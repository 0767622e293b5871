"""The one error that leaves the wire layer."""

from __future__ import annotations

__all__ = ["Malformed"]


class Malformed(Exception):
    """Bytes that are not what Kafka's layout says, or a value that a layout cannot hold.

    ``path`` is the field where it was noticed (``topics[3].name``), ``offset`` the byte inside the parsed data;
    ``api`` and ``version`` are filled in by the message that was being read.
    """

    def __init__(self, reason: str, *, offset: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.offset = offset
        self.api: str | None = None
        self.version: int | None = None
        self.path = ""

    def within(self, step: str) -> Malformed:
        """Prepends the enclosing field (``topics``) or index (``[3]``) to the path, and returns the same error."""
        joint = "" if not self.path or self.path.startswith("[") else "."
        self.path = f"{step}{joint}{self.path}"
        return self

    def of(self, api: str, version: int) -> Malformed:
        """Names the message that was being read or built, and returns the same error."""
        self.api, self.version = api, version
        return self

    def __str__(self) -> str:
        message = f"{self.api} v{self.version}: " if self.api is not None else ""
        where = f"{self.path}: " if self.path else ""
        offset = f" (byte {self.offset})" if self.offset is not None else ""
        return f"{message}{where}{self.reason}{offset}"
