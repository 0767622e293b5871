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

_EARLIER_NAME = (
    "Kafka changed the name of the field in all versions; a field has one name for all releases here, the newest."
)

_WITHDRAWN = (
    "An unfinished version that Kafka 3.9 and 4.0 offer only when told to, that 4.1 dropped, and that is laid out "
    "differently in each: no client in use speaks it."
)

_UNFINISHED = "The version was not finished in this release, which offers it only when told to, and changed later."

_KEY_74 = "The API was called this while its version 0 was the only one; the bytes are those of ListConfigResources 0."


def _withdrawn(name: str, versions: str) -> tuple[Deliberate, ...]:
    return tuple(
        Deliberate(f"{name}{direction}", "", "versions", "0", versions, _WITHDRAWN)
        for direction in ("Request", "Response")
    )


def _earlier_name(message: str, path: str, now: str, reason: str = _EARLIER_NAME) -> Deliberate:
    return Deliberate(message, path, "name", path, now, reason)


DELIBERATE = (
    Deliberate("ProduceRequest", "topic_data[].partition_data[].records", "default", "None", "b''", _RECORDS),
    Deliberate("FetchResponse", "responses[].partitions[].records", "default", "None", "b''", _RECORDS),
    Deliberate("ShareFetchResponse", "responses[].partitions[].records", "default", "None", "b''", _RECORDS),
    _earlier_name("TxnOffsetCommitRequest", "generation_id", "generation_id_or_member_epoch"),
    _earlier_name("StreamsGroupHeartbeatResponse", "acceptable_recovery_lag", "acceptable_recovery_lag_legacy"),
    *(
        Deliberate(message, "", "name", message, "ListConfigResources", _KEY_74)
        for message in ("ListClientMetricsResourcesRequest", "ListClientMetricsResourcesResponse")
    ),
    _earlier_name("ListClientMetricsResourcesResponse", "client_metrics_resources", "config_resources", _KEY_74),
    _earlier_name(
        "ListClientMetricsResourcesResponse",
        "client_metrics_resources[].name",
        "config_resources[].resource_name",
        _KEY_74,
    ),
    *_withdrawn("ShareGroupHeartbeat", "1"),
    *_withdrawn("ShareGroupDescribe", "1"),
    *_withdrawn("ShareFetch", "1-2"),
    *_withdrawn("ShareAcknowledge", "1-2"),
    Deliberate(
        "ReadShareGroupStateSummaryResponse",
        "results[].partitions[].leader_epoch",
        "field",
        "there is no such field",
        "int32 is here",
        _UNFINISHED,
    ),
    Deliberate("StreamsGroupHeartbeatResponse", "status", "default", "None", "[]", _UNFINISHED),
)
"""The differences that are wanted; `python -m tools.audit_tables -v` shows where they are met."""
