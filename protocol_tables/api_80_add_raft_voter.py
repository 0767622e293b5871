"""AddRaftVoter (80): adds a controller to the voters of the KRaft quorum (KIP-853).

v0 flexible - v1 may be answered before the change is committed (KIP-1186)
"""

from klamm.wire import Array, Default, Nullable, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import (
    Boolean,
    ClusterId,
    DirectoryId,
    Duration,
    ErrorCode,
    ErrorMessage,
    Host,
    ListenerName,
    NodeId,
    ThrottleTime,
    UnsignedPort,
)

__all__ = ["ADD_RAFT_VOTER"]

ADD_RAFT_VOTER = Api(
    key=80,
    name="AddRaftVoter",
    versions="0-1",
    flexible="0+",
    request=Record(
        "cluster_id" / Nullable(ClusterId),
        "timeout_ms" / Duration,
        "voter_id" / NodeId,
        "voter_directory_id" / DirectoryId,
        "listeners"
        / Array(
            Record(
                "name" / ListenerName,
                "host" / Host,
                "port" / UnsignedPort,
            )
        ),
        "ack_when_committed" / Since(1, Default(Boolean, True)),
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "error_code" / ErrorCode,
        "error_message" / Nullable(ErrorMessage),
    ),
)
