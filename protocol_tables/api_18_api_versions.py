"""ApiVersions (18): which APIs and versions a broker speaks (KIP-35).

v1 throttle time (KIP-124) - v2 answers before it throttles (KIP-219) - v3 flexible; client's name and version
(KIP-511), features in tags (KIP-584) - v4 supported features may start at 0 (KAFKA-17011) - v5 the client says which
cluster and node it means, REBOOTSTRAP_REQUIRED if it is wrong (KIP-1242). The answer has header v0 in every version,
and an unknown version is answered in v0 with error 35 (KIP-511).
"""

from klamm.wire import Array, Default, Nullable, Record, Since, Tagged
from protocol_tables.api import Api
from protocol_tables.types import (
    Boolean,
    ClientSoftware,
    ClusterId,
    ErrorCode,
    FeatureLevel,
    FeatureName,
    Int16,
    LongEpoch,
    NodeId,
    ThrottleTime,
)

__all__ = ["API_VERSIONS"]

API_VERSIONS = Api(
    key=18,
    name="ApiVersions",
    versions="0-5",
    flexible="3+",
    request=Record(
        "client_software_name" / Since(3, ClientSoftware),
        "client_software_version" / Since(3, ClientSoftware),
        "cluster_id" / Since(5, Default(Nullable(ClusterId), None)),
        "node_id" / Since(5, Default(NodeId, -1)),
    ),
    response=Record(
        "error_code" / ErrorCode,
        "api_keys"
        / Array(
            Record(
                "api_key" / Int16,
                "min_version" / Int16,
                "max_version" / Int16,
            )
        ),
        "throttle_time_ms" / Since(1, ThrottleTime),
        "supported_features"
        / Since(
            3,
            Tagged(
                0,
                Array(
                    Record(
                        "name" / FeatureName,
                        "min_version" / FeatureLevel,
                        "max_version" / FeatureLevel,
                    )
                ),
            ),
        ),
        "finalized_features_epoch" / Since(3, Tagged(1, Default(LongEpoch, -1))),
        "finalized_features"
        / Since(
            3,
            Tagged(
                2,
                Array(
                    Record(
                        "name" / FeatureName,
                        "max_version_level" / FeatureLevel,
                        "min_version_level" / FeatureLevel,
                    )
                ),
            ),
        ),
        "zk_migration_ready" / Since(3, Tagged(3, Boolean)),
    ),
    response_header=0,
)
