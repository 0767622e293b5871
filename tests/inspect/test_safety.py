"""Strangers chose the bytes: nothing of them commands the terminal, crashes the program or makes it work long."""

import itertools
import random
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klamm.inspect.decoding import decode
from klamm.inspect.dialogue import Dialogue
from klamm.inspect.model import REQUEST, RESPONSE, Frame
from klamm.inspect.safe import hex_window, safe
from klamm.inspect.sources.cutting import Cutter, Piece
from klamm.inspect.sources.finding import AnswerFinder, RequestFinder
from tests.inspect.captures import Conversation, pcap
from tests.inspect.helpers import METADATA_REQUEST, produce, request
from tests.inspect.test_records import batch, record

NASTY = "\x1b[31m\x1b]0;title\x07\x9b2J\r\n\u202eevil\u2028[/bold]\udcff"


def assert_harmless(out: str) -> None:
    """Check that nothing but printable characters and line ends came out."""
    assert not [char for char in out if ord(char) < 0x20 and char != "\n"]
    assert not set(out) & set("\x7f\x9b\u202e\u2028\udcff")


@pytest.mark.parametrize("flags", [(), ("--list",), ("--diff", "--tenant", "acme")])
def test_names_cannot_command_the_terminal(inspect, flags):
    body = {"topics": [{"name": NASTY}]}
    frame = request("Metadata", 9, 1, body, client=NASTY.encode("utf-8", "surrogateescape"))
    shown = inspect(*flags, frame.hex())
    assert_harmless(shown.out)
    assert "\\x1b[31m" in shown.out and "[/bold]" in shown.out and "\\xff" in shown.out


def test_records_cannot_command_the_terminal(inspect):
    payload = record(0, NASTY.encode("utf-8", "surrogateescape"), b"text \x1b[2J", {"\x1b[1m": b"\x1b"})
    shown = inspect(produce(9, 1, batch(payload, 1)).hex())
    assert_harmless(shown.out)


def test_other_protocols_cannot_command_the_terminal(inspect, tmp_path):
    talk = Conversation().open().send(b"\x1b[31m\x1b]0;x\x07 not kafka at all")
    (tmp_path / "x.pcap").write_bytes(pcap(talk.packets))
    assert_harmless(inspect(tmp_path / "x.pcap").out)


def test_escapes_can_be_told_from_what_they_stand_for():
    assert safe("a\x1bb") == "a\\x1bb"
    assert safe("a\\x1bb") == "a\\\\x1bb"
    assert safe("grüße 東京 " + string.ascii_letters) == "grüße 東京 " + string.ascii_letters


def test_the_mark_under_a_hex_window_is_under_the_byte():
    for offset in range(100):
        rows = hex_window(bytes(range(100)), offset)
        at = next(index for index, row in enumerate(rows) if "^^" in row)
        column = rows[at].index("^^")
        assert rows[at - 1][column : column + 2] == f"{offset:02x}"


@settings(max_examples=300, deadline=None)
@given(data=st.binary(max_size=400), is_request=st.booleans(), raw=st.booleans())
def test_no_bytes_make_anything_but_a_message(data, is_request, raw):
    dialogue = Dialogue("x", assume=(3, 9))
    dialogue.raw = raw
    message = dialogue.read(Frame(dialogue, REQUEST if is_request else RESPONSE, data, 0), 1)
    decode(message)


@settings(max_examples=300, deadline=None)
@given(parts=st.lists(st.one_of(st.binary(max_size=60), st.integers(1, 300), st.just(METADATA_REQUEST)), max_size=12))
def test_any_stream_is_cut_without_a_crash_and_without_losing_count(parts):
    dialogue = Dialogue("x")
    for finder in (RequestFinder(dialogue), AnswerFinder(dialogue)):
        cutter = Cutter(finder, in_step=False)
        length = sum(part if isinstance(part, int) else len(part) for part in parts)
        for part in parts:
            for piece in cutter.hole(part) if isinstance(part, int) else cutter.feed(part):
                assert 0 <= piece.position <= length
        for piece in cutter.finish():
            assert 0 <= piece.position <= length


@given(cuts=st.lists(st.integers(0, 400), max_size=8), skipped=st.binary(max_size=20))
def test_a_stream_gives_the_same_frames_however_it_arrives(cuts, skipped):
    stream = METADATA_REQUEST * 5
    edges = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    cutter = Cutter(RequestFinder(Dialogue("x")))
    pieces = [piece for start, end in itertools.pairwise(edges) for piece in cutter.feed(stream[start:end])]
    assert [piece.data for piece in pieces if isinstance(piece, Piece)] == [METADATA_REQUEST[4:]] * 5
    assert [piece.position for piece in pieces] == [len(METADATA_REQUEST) * number for number in range(5)]


def test_a_megabyte_of_hostile_bytes_is_refused_in_few_steps(inspect, tmp_path):
    chaos = random.Random(3)
    for data in (
        b"\xff" * 1_000_000,
        bytes(1_000_000),
        chaos.randbytes(1_000_000),
        b"\0\x0f\xff\xff\0\x03\0\x09" * 125_000,
    ):
        (tmp_path / "hostile").write_bytes(data)
        shown = inspect("--list", tmp_path / "hostile")
        assert shown.status == 1
        assert len(shown.out.splitlines()) < 50
