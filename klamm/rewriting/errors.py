"""What may go wrong while a frame is rewritten, apart from bytes that are not Kafka's (those are `wire.Malformed`)."""

from __future__ import annotations

__all__ = ["Leak", "Refused", "RuleError"]


class Refused(Exception):
    """Says that a name in a request may not pass; the rules turn it into that API's own error.

    `code` is the Kafka error code the client gets.  The name itself is left out: it is client data, and the code is
    all that the refusal needs.
    """

    def __init__(self, code: int) -> None:
        super().__init__(f"the request is refused with Kafka's error code {int(code)}")
        self.code = int(code)


class Leak(Exception):
    """Says that an answer would have shown a tenant something outside its namespace.

    Nothing of such an answer may be sent: both sides of the connection are closed and the event is logged loudly.
    """


class RuleError(Exception):
    """Says that a rules file cannot be used; its text has one problem a line, all of them at once."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
