"""Bytes to values and back: Construct types that check every read, frames and headers. It knows no API."""

from klamm.wire.combinators import Array, Default, Nullable, Only, Since, Tagged
from klamm.wire.errors import Malformed
from klamm.wire.framing import FrameSplitter, frame
from klamm.wire.leaves import Blob, Boolean, Leaf, Number, Text, Uuid
from klamm.wire.reader import DEFAULT_BUDGET, Reader
from klamm.wire.record import UNKNOWN_TAGS, Message, NullableRecord, Record
from klamm.wire.versions import ALWAYS, NEVER, Versions

__all__ = [
    "ALWAYS",
    "DEFAULT_BUDGET",
    "NEVER",
    "UNKNOWN_TAGS",
    "Array",
    "Blob",
    "Boolean",
    "Default",
    "FrameSplitter",
    "Leaf",
    "Malformed",
    "Message",
    "Nullable",
    "NullableRecord",
    "Number",
    "Only",
    "Reader",
    "Record",
    "Since",
    "Tagged",
    "Text",
    "Uuid",
    "Versions",
    "frame",
]
