"""XXH32 of a few bytes: what an lz4 frame's header is checked with. (Yann Collet, xxHash specification)"""

from __future__ import annotations

__all__ = ["xxh32"]

_PRIME1, _PRIME2, _PRIME3, _PRIME4, _PRIME5 = 2654435761, 2246822519, 3266489917, 668265263, 374761393
_MASK = 0xFFFFFFFF


def xxh32(data: bytes) -> int:
    """Gives the hash, seed 0, of fewer than sixteen bytes."""
    value = (_PRIME5 + len(data)) & _MASK
    whole = len(data) // 4 * 4
    for pos in range(0, whole, 4):
        lane = int.from_bytes(data[pos : pos + 4], "little")
        value = _rotated((value + lane * _PRIME3) & _MASK, 17) * _PRIME4 & _MASK
    for byte in data[whole:]:
        value = _rotated((value + byte * _PRIME5) & _MASK, 11) * _PRIME1 & _MASK
    value = (value ^ value >> 15) * _PRIME2 & _MASK
    value = (value ^ value >> 13) * _PRIME3 & _MASK
    return value ^ value >> 16


def _rotated(value: int, by: int) -> int:
    return (value << by | value >> 32 - by) & _MASK
