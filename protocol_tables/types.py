"""What a value is: the semantic leaf types that the tables are made of.

Kafka's layout says how a value is written (int32, string); the type says what it means (a node id, a topic name), and
the rules decide by that. Kafka's own ``entityType`` is incomplete, so this list is the authority.
"""

from __future__ import annotations

from klamm.wire import Blob, Number, Text, Uuid
from klamm.wire import Boolean as Flag

__all__ = [
    "Acks",
    "AclHost",
    "AclOperation",
    "AclPermission",
    "ApplicationHost",
    "ApplicationPort",
    "AuthorizedOperations",
    "AutoCreate",
    "Boolean",
    "Bytes",
    "ClientHost",
    "ClientId",
    "ClientInstanceId",
    "ClientSoftware",
    "ClusterId",
    "ConfigName",
    "ConfigValue",
    "ConsumerAssignment",
    "ConsumerSubscription",
    "CoordinatorKey",
    "CoordinatorKeyType",
    "DirectoryId",
    "Duration",
    "Epoch",
    "ErrorCode",
    "ErrorMessage",
    "FeatureLevel",
    "FeatureName",
    "FetchSessionEpoch",
    "FetchSessionId",
    "Float64",
    "GroupId",
    "GroupInstanceId",
    "GroupProtocol",
    "Host",
    "Int8",
    "Int16",
    "Int32",
    "Int64",
    "InternalFlag",
    "ListenerName",
    "LogDir",
    "LongDuration",
    "LongEpoch",
    "MemberId",
    "MetricName",
    "NodeId",
    "Offset",
    "OffsetMetadata",
    "PartitionIndex",
    "Pattern",
    "PatternType",
    "Port",
    "PrincipalName",
    "ProducerEpoch",
    "ProducerId",
    "QuotaEntityName",
    "QuotaEntityType",
    "Rack",
    "Records",
    "ReplicaId",
    "ResourceName",
    "ResourceType",
    "SaslMechanism",
    "SaslToken",
    "ScramSecret",
    "ShareSessionEpoch",
    "String",
    "Telemetry",
    "ThrottleTime",
    "Timestamp",
    "TokenId",
    "TokenSecret",
    "TopicId",
    "TopicName",
    "TransactionFlag",
    "TransactionalId",
    "UInt16",
    "UInt32",
    "UnsignedPort",
    "UserData",
    "UserName",
]

# Plain values without a meaning of their own; the rules must name each field.
Int8 = Number("Int8", "b")
Int16 = Number("Int16", "h")
Int32 = Number("Int32", "i")
Int64 = Number("Int64", "q")
UInt16 = Number("UInt16", "H")
UInt32 = Number("UInt32", "I")
Float64 = Number("Float64", "d").varied(default=0.0)
Boolean = Flag("Boolean")
String = Text("String")
Bytes = Blob("Bytes")

# Values that say nothing about whose they are.
ErrorCode = Number("ErrorCode", "h")
ThrottleTime = Number("ThrottleTime", "i")
Timestamp = Number("Timestamp", "q")
Offset = Number("Offset", "q")
Epoch = Number("Epoch", "i")
LongEpoch = Number("LongEpoch", "q")
ProducerEpoch = Number("ProducerEpoch", "h")
PartitionIndex = Number("PartitionIndex", "i")
Records = Blob("Records")

# Names that a tenant chooses and that are kept apart.
TopicName = Text("TopicName")
TopicId = Uuid("TopicId")
GroupId = Text("GroupId")
TransactionalId = Text("TransactionalId")
CoordinatorKey = Text("CoordinatorKey")
CoordinatorKeyType = Number("CoordinatorKeyType", "b")
ResourceType = Number("ResourceType", "b")
ResourceName = Text("ResourceName")
Pattern = Text("Pattern")
ConsumerSubscription = Blob("ConsumerSubscription")
ConsumerAssignment = Blob("ConsumerAssignment")

# The cluster and its brokers.
NodeId = Number("NodeId", "i")
ReplicaId = Number("ReplicaId", "i")
Host = Text("Host")
Port = Number("Port", "i")
# The same thing as a Port, written in 16 bits.
UnsignedPort = Number("Port", "H")
ClusterId = Text("ClusterId")
Rack = Text("Rack")
ListenerName = Text("ListenerName")
DirectoryId = Uuid("DirectoryId")
LogDir = Text("LogDir")
FeatureName = Text("FeatureName")
FeatureLevel = Number("FeatureLevel", "h")

# Members of groups, producers and sessions.
MemberId = Text("MemberId")
GroupInstanceId = Text("GroupInstanceId")
GroupProtocol = Text("GroupProtocol")
ProducerId = Number("ProducerId", "q")
FetchSessionId = Number("FetchSessionId", "i")
FetchSessionEpoch = Number("FetchSessionEpoch", "i")
ShareSessionEpoch = Number("ShareSessionEpoch", "i")
ClientId = Text("ClientId")
ClientInstanceId = Uuid("ClientInstanceId")
ClientHost = Text("ClientHost")
ClientSoftware = Text("ClientSoftware")
# Where an application answers questions about its state, as it says itself (KIP-1071); no address of Kafka.
ApplicationHost = Text("ApplicationHost")
ApplicationPort = Number("ApplicationPort", "H")
OffsetMetadata = Text("OffsetMetadata")
UserData = Blob("UserData")
MetricName = Text("MetricName")
Telemetry = Blob("Telemetry")

# What a request asks to be done.
Acks = Number("Acks", "h")
AutoCreate = Flag("AutoCreate")
TransactionFlag = Flag("TransactionFlag")
InternalFlag = Flag("InternalFlag")
Duration = Number("Duration", "i")
LongDuration = Number("LongDuration", "q")

# Permissions, configuration, errors and login.
AuthorizedOperations = Number("AuthorizedOperations", "i")
AclOperation = Number("AclOperation", "b")
AclPermission = Number("AclPermission", "b")
AclHost = Text("AclHost")
PatternType = Number("PatternType", "b")
QuotaEntityType = Text("QuotaEntityType")
QuotaEntityName = Text("QuotaEntityName")
ConfigName = Text("ConfigName")
ConfigValue = Text("ConfigValue")
ErrorMessage = Text("ErrorMessage")
SaslMechanism = Text("SaslMechanism")
PrincipalName = Text("PrincipalName")
UserName = Text("UserName")
SaslToken = Blob("SaslToken")
TokenId = Text("TokenId")
TokenSecret = Blob("TokenSecret")
ScramSecret = Blob("ScramSecret")

INERT = frozenset(
    {
        "ErrorCode",
        "ThrottleTime",
        "Timestamp",
        "Offset",
        "Epoch",
        "LongEpoch",
        "ProducerEpoch",
        "PartitionIndex",
        "Records",
    }
)
"""Kinds that the rules need not name."""
