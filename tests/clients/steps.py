"""Steps that several promises take with a consumer or a transactional producer."""

from tests.clients.family import REBALANCING, Copier, Member, Received, Refusal, until

__all__ = ["abort_a_copy", "await_values", "copy_all", "read_and_commit"]


def abort_a_copy(member: Member, copier: Copier, target: str, values: list[str]) -> None:
    """Copy all in one transaction that comes to nothing."""
    received = await_values(member, values)
    copier.begin()
    copier.send(target, [f"aborted {message.value}" for message in received])
    copier.send_offsets(member)
    copier.abort()
    assert member.committed() == {}


def copy_all(member: Member, copier: Copier, target: str, values: list[str]) -> None:
    """Read from the beginning and copy, a transaction for each poll, until all values are done."""
    member.seek_to_beginning()
    copied = 0
    while copied < len(values):
        batch = await_some(member)
        copier.begin()
        copier.send(target, [f"copied {message.value}" for message in batch])
        copier.send_offsets(member)
        copier.commit()
        copied += len(batch)
    # Not at once: a transaction is decided when `commit` returns, and carried out a little later.
    until("the offsets are committed", lambda: sum(member.committed().values()) == len(values))


def await_values(member: Member, values: list[str]) -> list[Received]:
    """Poll until all these values have come; returns everything that came, each message once."""
    received: dict[tuple[int, int], Received] = {}

    def complete() -> bool:
        received.update({(message.partition, message.offset): message for message in member.poll()})
        return set(values) <= {message.value for message in received.values()}

    until(f"{len(values)} messages come", complete)
    return list(received.values())


def read_and_commit(member: Member, values: list[str]) -> list[Received]:
    """Poll until all these values have come, and commit; returns everything that came.

    Some libraries let a lone member join twice, and refuse a commit in between; what was read then comes again.
    """
    received: list[Received] = []

    def committed() -> bool:
        received.extend(member.poll())
        if not set(values) <= {message.value for message in received}:
            return False
        try:
            member.commit()
        except Refusal as refusal:
            if refusal.code not in REBALANCING:
                raise
            received.clear()
            return False
        return True

    until(f"{len(values)} messages come and are committed", committed)
    return received


def await_some(member: Member) -> list[Received]:
    """Poll until something comes."""
    received: list[Received] = []

    def something() -> bool:
        received.extend(member.poll())
        return bool(received)

    until("messages come", something)
    return received
