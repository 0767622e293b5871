"""RemoveRaftVoter (81): takes a controller out of the voters of the KRaft quorum (KIP-853).

v0 flexible
"""

from klamm.wire import Nullable, Record
from protocol_tables.api import Api
from protocol_tables.types import ClusterId, DirectoryId, ErrorCode, ErrorMessage, NodeId, ThrottleTime

__all__ = ["REMOVE_RAFT_VOTER"]

REMOVE_RAFT_VOTER = Api(
    key=81,
    name="RemoveRaftVoter",
    versions="0",
    flexible="0+",
    request=Record(
        "cluster_id" / Nullable(ClusterId),
        "voter_id" / NodeId,
        "voter_directory_id" / DirectoryId,
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "error_code" / ErrorCode,
        "error_message" / Nullable(ErrorMessage),
    ),
)
