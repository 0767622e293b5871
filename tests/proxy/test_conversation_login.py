"""Before login: who may say what, and what nobody may learn."""

import pytest

from klamm.proxy.terms import Stage
from protocol_tables import registry
from tests.proxy.playbook import Playbook, cluster
from tests.proxy.speech import ask, plain_login, read_answer

TOKEN = b"\0alice\0secret"


@pytest.fixture
def book() -> Playbook:
    return Playbook(snapshot=cluster(1))


def test_a_login_binds_the_tenant_and_waits_for_the_broker(book: Playbook) -> None:
    book.client(*plain_login("alice", "secret"))
    handshake, authenticate = book.to_client()
    assert read_answer("SaslHandshake", 1, handshake) == (1, {"error_code": 0, "mechanisms": ["PLAIN"]})
    correlation_id, body = read_answer("SaslAuthenticate", 1, authenticate)
    assert (correlation_id, body["error_code"], body["session_lifetime_ms"]) == (2, 0, 0)
    assert (book.talk.stage, book.talk.tenant) == (Stage.BOUND, "acme")
    assert book.talk.identity is not None
    assert book.talk.identity.username == "alice"


def test_requests_sent_along_with_the_login_wait_for_the_broker_and_lose_nothing(book: Playbook) -> None:
    book.client(*plain_login("alice", "secret"), ask("Metadata", 9, 3, topics=None), ask("Metadata", 9, 4, topics=None))
    assert len(book.to_client()) == 2
    assert book.to_broker() == []
    assert len(book.talk.unread) == 2
    book.broker_is_there()
    assert len(book.to_broker()) == 2
    assert not book.talk.unread


@pytest.mark.parametrize("name", sorted(api.name for api in registry.BY_KEY.values()))
def test_only_three_apis_exist_before_login(book: Playbook, name: str) -> None:
    api = registry.named(name)
    book.client(ask(name, api.versions.max, 1, **_asking(name)))
    if name in ("ApiVersions", "SaslHandshake"):
        assert book.cause is None
        assert len(book.to_client()) == 1
    elif name == "SaslAuthenticate":
        assert book.talk.stage is Stage.REFUSED
        assert book.to_client() == []
    else:
        assert book.cause == "malformed"
        assert book.to_client() == []
        assert book.count("klamm_malformed_frames_total") == 1
    assert book.to_broker() == []


def _asking(name: str) -> dict[str, str]:
    software = {"client_software_name": "test", "client_software_version": "1"}
    return {"ApiVersions": software, "SaslHandshake": {"mechanism": "PLAIN"}}.get(name, {})


@pytest.mark.parametrize("frame", [b"", b"\0", b"\0\x03\0\x09\0\0\0", b"GET / HTTP/1.1\r\n", b"\x16\x03\x01" * 20])
def test_bytes_that_are_no_request_end_the_conversation(book: Playbook, frame: bytes) -> None:
    book.client(frame)
    assert book.cause == "malformed"
    assert book.to_client() == []


def test_what_follows_a_bad_frame_is_not_looked_at(book: Playbook) -> None:
    book.client(b"\x7f\xff\0\0\0\0\0\1", *plain_login("alice", "secret"))
    assert book.cause == "malformed"
    assert book.to_client() == []
    assert book.talk.identity is None


@pytest.mark.parametrize(("user", "password"), [("alice", "wrong"), ("nobody", "secret"), ("alice", "secret\0")])
def test_a_failed_login_says_58_only_after_the_delay(book: Playbook, user: str, password: str) -> None:
    book.client(*plain_login(user, password), ask("ApiVersions", 0, 3))
    (handshake,) = book.to_client()
    assert read_answer("SaslHandshake", 1, handshake)[1]["error_code"] == 0
    assert book.talk.stage is Stage.REFUSED
    assert book.cause is None
    book.talk.refuse()
    (refusal,) = book.to_client()
    correlation_id, body = read_answer("SaslAuthenticate", 1, refusal)
    assert (correlation_id, body["error_code"]) == (2, 58)
    assert book.cause == "auth_failed"
    assert book.count("klamm_auth_total") == 1


def test_an_unknown_user_is_indistinguishable_from_a_wrong_password() -> None:
    refusals = []
    for user in ("alice", "nobody"):
        book = Playbook(snapshot=cluster(1))
        book.client(*plain_login(user, "wrong"))
        book.talk.refuse()
        refusals.append(book.to_client())
    assert refusals[0] == refusals[1]


def test_nothing_is_heard_while_a_refusal_waits(book: Playbook) -> None:
    book.client(*plain_login("alice", "wrong"))
    book.to_client()
    book.client(*plain_login("alice", "secret"))
    assert book.to_client() == []
    assert book.talk.identity is None
    assert not book.talk.unread


def test_an_unknown_mechanism_is_refused_with_the_offered_ones(book: Playbook) -> None:
    book.client(ask("SaslHandshake", 1, 1, mechanism="GSSAPI"))
    book.talk.refuse()
    (refusal,) = book.to_client()
    assert read_answer("SaslHandshake", 1, refusal) == (1, {"error_code": 33, "mechanisms": ["PLAIN"]})
    assert book.cause == "auth_failed"


@pytest.mark.parametrize("name", ["SaslHandshake", "ApiVersions", "Metadata"])
def test_during_an_exchange_only_a_token_may_come(book: Playbook, name: str) -> None:
    book.client(ask("SaslHandshake", 1, 1, mechanism="PLAIN"))
    book.to_client()
    book.client(ask(name, 1, 2, **({"mechanism": "PLAIN"} if name == "SaslHandshake" else {})))
    book.client(ask("SaslAuthenticate", 1, 3, auth_bytes=TOKEN))
    assert book.cause == "malformed" or book.talk.stage is Stage.REFUSED
    assert book.to_client() == []
    assert book.talk.identity is None


def test_an_unsupported_api_versions_does_not_pass_during_an_exchange_either(book: Playbook) -> None:
    book.client(ask("SaslHandshake", 1, 1, mechanism="PLAIN"), b"\0\x12\0\x63\0\0\0\2")
    assert book.cause == "malformed"


def test_a_handshake_v0_is_followed_by_bare_tokens(book: Playbook) -> None:
    book.client(ask("SaslHandshake", 0, 1, mechanism="PLAIN"))
    book.to_client()
    assert book.talk.frame_limit == 16 * 1024
    book.client(TOKEN)
    assert book.talk.to_client == [b"\0\0\0\0"]
    assert (book.talk.stage, book.talk.tenant) == (Stage.BOUND, "acme")
    assert book.talk.frame_limit == 1 << 20


def test_a_wrong_bare_token_is_answered_by_closing_alone(book: Playbook) -> None:
    book.client(ask("SaslHandshake", 0, 1, mechanism="PLAIN"), b"\0alice\0wrong")
    book.to_client()
    assert book.cause is None
    book.talk.refuse()
    assert book.to_client() == []
    assert book.cause == "auth_failed"


def test_a_token_longer_than_the_limit_is_no_login(book: Playbook) -> None:
    book.client(ask("SaslHandshake", 1, 1, mechanism="PLAIN"))
    book.client(ask("SaslAuthenticate", 1, 2, auth_bytes=b"\0alice\0" + b"x" * 20_000))
    assert book.talk.stage is Stage.REFUSED


def test_frames_are_short_before_login_and_long_after(book: Playbook) -> None:
    assert book.talk.frame_limit == 64 * 1024
    book.client(*plain_login("alice", "secret"))
    assert book.talk.frame_limit == 1 << 20


def test_a_client_may_confirm_its_login_and_go_on() -> None:
    book = Playbook.ready()
    book.client(ask("Metadata", 9, 10, topics=None), *plain_login("alice", "secret", first=11))
    book.client(ask("Metadata", 9, 13, topics=None))
    assert len(book.to_broker()) == 2
    assert book.to_client() == []
    assert book.talk.stage is Stage.READY
    assert book.talk.tenant == "acme"


@pytest.mark.parametrize("user", ["anna", "gus"])
def test_a_later_login_cannot_make_a_connection_somebody_elses(user: str) -> None:
    book = Playbook.ready()
    book.client(*plain_login(user, "secret", first=11), ask("Metadata", 9, 13, topics=None))
    handshake, *rest = book.to_client()
    assert read_answer("SaslHandshake", 1, handshake)[1]["error_code"] == 0
    assert rest == []
    book.talk.refuse()
    (refusal,) = book.to_client()
    assert read_answer("SaslAuthenticate", 1, refusal)[1]["error_code"] == 58
    assert book.to_broker() == []
    assert book.cause == "auth_failed"
    assert book.talk.tenant == "acme"


def test_requests_between_handshake_and_token_end_a_later_login_too() -> None:
    book = Playbook.ready()
    book.client(ask("SaslHandshake", 1, 11, mechanism="PLAIN"), ask("Metadata", 9, 12, topics=None))
    assert book.cause == "malformed"
    assert book.to_broker() == []


def test_a_refusal_never_overtakes_answers_that_are_due() -> None:
    book = Playbook.ready()
    book.client(ask("Metadata", 9, 10, topics=None), *plain_login("gus", "secret", first=11))
    book.talk.refuse()
    assert book.to_client() == []
    assert book.cause == "auth_failed"


def test_where_nobody_logs_in_sasl_is_out_of_place() -> None:
    book = Playbook(anonymous="acme", snapshot=cluster(1))
    book.broker_is_there()
    book.client(ask("SaslHandshake", 1, 1, mechanism="PLAIN"), ask("SaslAuthenticate", 2, 2, auth_bytes=TOKEN))
    handshake, authenticate = book.to_client()
    assert read_answer("SaslHandshake", 1, handshake)[1]["error_code"] == 34
    assert read_answer("SaslAuthenticate", 2, authenticate)[1]["error_code"] == 34
    assert book.cause is None
