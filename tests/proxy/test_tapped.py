"""What a tap hears: every frame in both views, in an order that pairs, and no secret."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from klamm.auth.server import SaslServer
from klamm.inspect.model import Frame
from klamm.inspect.sources.tap_file import tap_frames
from klamm.observe.tap import Tap
from klamm.proxy.login import Login
from klamm.proxy.tapped import TappedConversation
from klamm.wire.headers import peek_request
from tests.proxy.playbook import STORE, Playbook, cluster
from tests.proxy.speech import answer, ask, plain_login


@pytest.fixture
def tapped(tmp_path: Path) -> Iterator[tuple[Playbook, Tap, Path]]:
    """Gives a conversation before login, its tap and the tap's file."""
    file = tmp_path / "frames.tap"
    tap = Tap(file)
    book = Playbook(snapshot=cluster(1, 2))
    login = Login(SaslServer(STORE, token_limit=16 * 1024), book.counters)
    book.talk = TappedConversation(book.terms, login, "", tap)
    book.talk.introduce(7)
    yield book, tap, file
    tap.close()


def heard(tap: Tap, file: Path) -> list[Frame]:
    """Closes the tap and gives what it wrote."""
    tap.close()
    with file.open("rb") as stream:
        frames = list(tap_frames(stream))
    assert all(isinstance(frame, Frame) for frame in frames)
    return [frame for frame in frames if isinstance(frame, Frame)]


def test_each_frame_is_heard_as_the_client_and_as_the_broker_see_it(tapped: tuple[Playbook, Tap, Path]) -> None:
    book, tap, file = tapped
    book.client(*plain_login("alice", "secret"))
    book.broker_is_there()
    book.to_client()
    book.client(ask("Metadata", 9, 41, topics=[{"name": "orders"}]))
    book.broker(answer("Metadata", 9, 41, topics=[{"name": "__vt_acme_orders"}]))

    frames = heard(tap, file)[-4:]
    contents = [(b"__vt_acme_orders" in frame.data, b"orders" in frame.data) for frame in frames]
    assert contents == [(False, True), (True, True), (False, True), (True, True)]


def test_what_klamm_answers_itself_is_heard_question_first(tapped: tuple[Playbook, Tap, Path]) -> None:
    book, tap, file = tapped
    book.client(*plain_login("alice", "secret"))
    book.broker_is_there()
    book.client(ask("ConsumerGroupHeartbeat", 1, 42, group_id="g"))

    *_, question, reply = heard(tap, file)
    assert peek_request(question.data)[2] == 42
    assert int.from_bytes(reply.data[:4]) == 42


def test_a_withheld_answer_is_heard_from_the_broker_only(tapped: tuple[Playbook, Tap, Path]) -> None:
    book, tap, file = tapped
    book.client(*plain_login("alice", "secret"))
    book.broker_is_there()
    book.client(ask("ListOffsets", 5, 43, topics=[{"name": "orders"}]))
    book.broker(answer("ListOffsets", 5, 43, topics=[{"name": "__vt_globex_orders"}]))

    assert book.cause == "error"
    assert b"__vt_globex_orders" in heard(tap, file)[-1].data


def test_no_password_reaches_the_file(tapped: tuple[Playbook, Tap, Path]) -> None:
    book, tap, file = tapped
    book.client(*plain_login("alice", "secret"))

    assert heard(tap, file)
    assert b"secret" not in file.read_bytes()
