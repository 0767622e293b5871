"""What a field's name tells of its meaning: Kafka's ``entityType`` is missing in many places, its names are regular."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["NAMED", "named_meanings"]

_NUMBER = ("int8", "int16", "int32", "int64", "uint16", "uint32")

_RULES: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    (r"(.*_)?error_code", ("int16",), ("ErrorCode",)),
    (r"(.*_)?error_message|status_detail", ("string",), ("ErrorMessage",)),
    (r"throttle_time_ms", ("int32",), ("ThrottleTime",)),
    (r"(.*_)?(timeout|interval|wait)_ms", ("int32",), ("Duration",)),
    (r"(.*_)?timestamp(_ms)?", ("int64",), ("Timestamp",)),
    (r"(.*_)?offsets?", ("int64",), ("Offset",)),
    (r"(.*_)?epoch", _NUMBER, ("Epoch", "LongEpoch", "ProducerEpoch", "FetchSessionEpoch", "ShareSessionEpoch")),
    (r"partition|partition_(index|indexes|id)", ("int32",), ("PartitionIndex",)),
    (r"partitions", ("[]int32",), ("PartitionIndex",)),
    (r"records", ("records",), ("Records",)),
    # Names that a tenant chooses.
    (r"(.*_)?topic_ids?", ("uuid",), ("TopicId",)),
    (r"(.*_)?topics?(_names?)?", ("string",), ("TopicName",)),
    (r"groups|group_ids?|groups_names", ("string",), ("GroupId",)),
    (r"(.*_)?transactional_ids?", ("string",), ("TransactionalId",)),
    (r"(.*_)?(regex|pattern)", ("string",), ("Pattern",)),
    (r"resource_name(_filter)?", ("string",), ("ResourceName",)),
    (r"resource_types?(_filter)?", ("int8",), ("ResourceType",)),
    (r"coordinator_keys", ("string",), ("CoordinatorKey",)),
    # The cluster and its nodes.
    (r"host", ("string",), ("Host", "AclHost", "ApplicationHost")),
    (r"port", ("int32", "uint16"), ("Port", "ApplicationPort")),
    (r"cluster_id", ("string",), ("ClusterId",)),
    (r"(node|broker|leader|controller|voter|replica)_ids?", ("int32",), ("NodeId", "ReplicaId")),
    (r"(.*_)?(replicas?|nodes|elr)", ("int32",), ("NodeId",)),
    (r"rack(_id)?", ("string",), ("Rack",)),
    (r"(.*_)?directory_id", ("uuid",), ("DirectoryId",)),
    (r"log_dir|path", ("string",), ("LogDir",)),
    # Clients and members.
    (r"member_id|leader", ("string",), ("MemberId",)),
    (r"(group_)?instance_id", ("string",), ("GroupInstanceId",)),
    (r"client_id", ("string",), ("ClientId",)),
    (r"client_host", ("string",), ("ClientHost",)),
    (r"client_instance_id", ("uuid",), ("ClientInstanceId",)),
    (r"(.*_)?producer_ids?|producer_id_filters", ("int64",), ("ProducerId",)),
    (r"(.*_)?assignment", ("bytes",), ("ConsumerAssignment",)),
    (r"(.*_)?metadata", ("bytes",), ("ConsumerSubscription",)),
    (r"(.*_)?metadata", ("string",), ("OffsetMetadata",)),
    # Permissions and secrets.
    (r"(.*_)?authorized_operations", ("int32",), ("AuthorizedOperations",)),
    (r"operation", ("int8",), ("AclOperation",)),
    (r"permission_type", ("int8",), ("AclPermission",)),
    (r"(.*_)?pattern_type(_filter)?", ("int8",), ("PatternType",)),
    (r"(.*_)?principal(_.*)?", ("string",), ("PrincipalName",)),
    (r"host_filter", ("string",), ("AclHost",)),
    (r"user", ("string",), ("UserName",)),
    (r"hmac", ("bytes",), ("TokenSecret",)),
    (r"token_id", ("string",), ("TokenId",)),
    (r"salt(ed_password)?", ("bytes",), ("ScramSecret",)),
    (r"auth_bytes", ("bytes",), ("SaslToken",)),
    (r"entity_(type|name)", ("string",), ("QuotaEntityType", "QuotaEntityName")),
)

NAMED = tuple((re.compile(pattern), frozenset(types), kinds) for pattern, types, kinds in _RULES)
"""Patterns of the last part of a path, the wire types they speak of, and the kinds that may stand there."""


def named_meanings(path: str, wire_type: str) -> Iterable[str]:
    """Gives the kinds that a field of this name and type may have; none where the name tells nothing."""
    name = path.rpartition(".")[2].removesuffix("[]")
    for pattern, types, kinds in NAMED:
        if (wire_type in types or wire_type.removeprefix("[]") in types) and pattern.fullmatch(name):
            return kinds
    return ()
