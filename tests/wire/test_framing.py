"""Frames come out whole, whatever the pieces; a bad length costs four bytes, a slow peer no objects."""

from __future__ import annotations

import random
import tracemalloc

import pytest

from klamm.wire import FrameSplitter, Malformed, frame

LIMIT = 1_000_000
FRAMES = [b"a", b"bc" * 3000, b"\0" * 70_000, b"d" * 4096, b"e"]
STREAM = b"".join(map(frame, FRAMES))


def test_a_frame_starts_with_its_length() -> None:
    assert frame(b"abc") == b"\0\0\0\x03abc"


def test_frames_come_byte_by_byte() -> None:
    splitter = FrameSplitter(LIMIT)
    found = []
    for index in range(len(STREAM)):
        found += splitter.feed(STREAM[index : index + 1])
    assert found == FRAMES
    assert (splitter.pending, splitter.buffered) == (0, 0)


def test_several_frames_come_in_one_read() -> None:
    assert FrameSplitter(LIMIT).feed(STREAM) == FRAMES


@pytest.mark.parametrize("seed", range(20))
def test_frames_come_in_pieces_of_any_size(seed: int) -> None:
    rng = random.Random(seed)
    splitter, found, at = FrameSplitter(LIMIT), [], 0
    while at < len(STREAM):
        size = rng.choice([1, 3, 4, 100, 4095, 4096, 65_536, 80_000])
        found += splitter.feed(STREAM[at : at + size])
        at += size
    assert found == FRAMES
    assert splitter.buffered == 0


def test_an_empty_read_changes_nothing() -> None:
    splitter = FrameSplitter(LIMIT)
    assert splitter.feed(b"") == []
    assert splitter.feed(b"\0\0\0\x02a") == []
    assert splitter.feed(b"") == []
    assert splitter.feed(b"b") == [b"ab"]


@pytest.mark.parametrize(
    "length", [0, -1, -2, -(2**31), LIMIT + 1, 2**31 - 1, int.from_bytes(b"\x16\x03\x01\x02"), int.from_bytes(b"GET ")]
)
def test_a_bad_length_is_refused_as_soon_as_it_is_known(length: int) -> None:
    data = length.to_bytes(4, "big", signed=True)
    with pytest.raises(Malformed, match="a frame"):
        FrameSplitter(LIMIT).feed(data)
    slow = FrameSplitter(LIMIT)
    for index in range(3):
        assert slow.feed(data[index : index + 1]) == []
    with pytest.raises(Malformed, match="a frame"):
        slow.feed(data[3:])


def test_the_limit_is_the_longest_frame_that_passes() -> None:
    assert FrameSplitter(5).feed(frame(b"12345")) == [b"12345"]
    with pytest.raises(Malformed, match="a frame of 6 bytes, the limit here is 5"):
        FrameSplitter(5).feed(frame(b"123456"))


def test_the_limit_may_grow_after_the_login() -> None:
    splitter = FrameSplitter(5)
    assert splitter.feed(frame(b"login")) == [b"login"]
    splitter.limit = 100
    assert splitter.feed(frame(b"x" * 100)) == [b"x" * 100]


def test_pending_and_buffered_tell_what_is_under_way() -> None:
    splitter = FrameSplitter(LIMIT)
    splitter.feed(b"\0\0")
    assert (splitter.pending, splitter.buffered) == (0, 2)
    splitter.feed(b"\0\x05ab")
    assert (splitter.pending, splitter.buffered) == (9, 6)
    splitter.feed(b"cde\0\0\0\x02z")
    assert (splitter.pending, splitter.buffered) == (6, 5)


def traced_peak(splitter: FrameSplitter, pieces: list[bytes]) -> int:
    """Feed pieces and count the bytes that this allocated at its height."""
    tracemalloc.start()
    try:
        for piece in pieces:
            splitter.feed(piece)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_long_frame_that_never_comes_costs_nothing() -> None:
    splitter = FrameSplitter(2**31 - 1)
    peak = traced_peak(splitter, [b"\x7f\xff\xff\xff", b"some bytes"])
    assert (splitter.pending, splitter.buffered) == (2**31 + 3, 14)
    assert peak < 65_536


def test_one_byte_pieces_do_not_become_an_object_each() -> None:
    size = 200_000
    splitter = FrameSplitter(LIMIT)
    pieces = [frame(bytes(size))[index : index + 1] for index in range(size)]
    peak = traced_peak(splitter, pieces)
    assert splitter.buffered == size
    assert peak < 2 * size


def test_what_is_held_never_exceeds_the_frame_begun_and_one_read() -> None:
    splitter = FrameSplitter(LIMIT)
    read = 10_000
    for at in range(0, len(STREAM), read):
        splitter.feed(STREAM[at : at + read])
        assert splitter.buffered < (splitter.pending or 4)


def test_a_frame_is_immutable_bytes_of_its_own() -> None:
    (first,) = FrameSplitter(LIMIT).feed(frame(b"abc"))
    slow = FrameSplitter(LIMIT)
    slow.feed(frame(b"abc")[:5])
    (second,) = slow.feed(frame(b"abc")[5:])
    assert type(first) is type(second) is bytes
