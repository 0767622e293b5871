"""The differences from Kafka's schemas that are wanted, each with its reason; nothing else may differ."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DELIBERATE", "Deliberate"]


@dataclass(frozen=True, slots=True)
class Deliberate:
    """One wanted difference: in this aspect of this field Kafka says one thing and the table another.

    With the aspect ``name`` the field at ``path`` is called ``kafka`` in some releases and ``table`` here.
    """

    message: str
    path: str
    aspect: str
    kafka: str
    table: str
    reason: str


_RECORDS = (
    "A field that is not given is empty, not null: answers made here then carry an empty record set, as those that "
    "Kafka makes for a refused partition do, and clients that cannot read null do not meet one."
)

_RENAMED = "Kafka 4.4 gave the field of all versions this name; a field has one name for all releases here."

DELIBERATE = (
    Deliberate("ProduceRequest", "topic_data[].partition_data[].records", "default", "None", "b''", _RECORDS),
    Deliberate("FetchResponse", "responses[].partitions[].records", "default", "None", "b''", _RECORDS),
    Deliberate(
        "TxnOffsetCommitRequest", "generation_id", "name", "generation_id", "generation_id_or_member_epoch", _RENAMED
    ),
)
