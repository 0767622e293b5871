"""Requests and answers find each other, with Kafka's quirks."""

from klamm.wire import frame
from protocol_tables.registry import named
from tests.inspect.captures import Conversation, pcap
from tests.inspect.helpers import METADATA_REQUEST, answer, hex_lines, request, run


def show(*frames, arguments=()):
    """Inspect marked frames as JSON."""
    return run("--hex", "--json", *arguments, stdin=hex_lines(*frames))


def test_answers_out_of_order_find_their_requests():
    outcome = show(
        (">", request("Heartbeat", 4, 1)),
        (">", request("LeaveGroup", 1, 2)),
        ("<", answer("LeaveGroup", 1, 2, {"error_code": 25})),
        ("<", answer("Heartbeat", 4, 1)),
    )
    assert [line["api"] for line in outcome.objects] == ["Heartbeat", "LeaveGroup", "LeaveGroup", "Heartbeat"]
    assert outcome.status == 0


def test_an_api_versions_version_that_the_broker_does_not_know_is_answered_in_version_0():
    body = {"error_code": 35, "api_keys": [{"api_key": 18, "min_version": 0, "max_version": 3}]}
    refusal = frame((9).to_bytes(4, "big") + named("ApiVersions").response(0).build(body))
    outcome = show((">", request("ApiVersions", 4, 9)), ("<", refusal))
    assert outcome.status == 0
    assert outcome.objects[1]["version"] == 4
    assert outcome.objects[1]["body"] == body


def test_the_answer_to_api_versions_has_the_oldest_header_in_every_version():
    outcome = show((">", request("ApiVersions", 3, 9)), ("<", answer("ApiVersions", 3, 9, {"throttle_time_ms": 5})))
    assert outcome.objects[1]["body"]["throttle_time_ms"] == 5


def test_bare_sasl_tokens_are_told_apart_from_requests():
    outcome = show(
        (">", request("SaslHandshake", 0, 1, {"mechanism": "PLAIN"})),
        ("<", answer("SaslHandshake", 0, 1, {"mechanisms": ["PLAIN"]})),
        (">", frame(b"\0acme\0password")),
        ("<", frame(b"")),
        (">", METADATA_REQUEST),
    )
    assert outcome.status == 0
    assert [line["api"] for line in outcome.objects] == ["SaslHandshake", "SaslHandshake", None, None, "Metadata"]
    assert outcome.objects[2]["body"] == {"sasl_token": b"\0acme\0password".hex()}


def test_bare_tokens_with_an_empty_answer_do_not_break_a_capture(inspect, tmp_path):
    talk = Conversation().open()
    talk.send(request("SaslHandshake", 0, 1, {"mechanism": "PLAIN"}))
    talk.answer(answer("SaslHandshake", 0, 1, {"mechanisms": ["PLAIN"]}))
    talk.send(frame(b"\0acme\0password")).answer(frame(b"")).send(METADATA_REQUEST)
    path = tmp_path / "login.pcap"
    path.write_bytes(pcap(talk.packets))
    shown = inspect(path)
    assert shown.status == 0
    assert "password" not in shown.out
    assert "orders" in shown.out


def test_passwords_are_not_shown_in_trees_unless_asked_for(inspect):
    frame_ = request("SaslAuthenticate", 2, 1, {"auth_bytes": b"\0acme\0password"})
    assert b"password".hex() not in inspect(frame_.hex()).out
    assert b"password".hex() in inspect("--secrets", frame_.hex()).out


def test_two_raw_streams_of_one_connection_are_read_side_by_side(inspect, tmp_path):
    asked = [request("Heartbeat", 4, number, client=b"c") for number in range(3000)]
    answered = [answer("Heartbeat", 4, number, {"error_code": number % 2}) for number in range(3000)]
    (tmp_path / "client").write_bytes(b"".join(asked))
    (tmp_path / "broker").write_bytes(b"".join(answered))
    outcome = inspect("--json", tmp_path / "client", "--answers", tmp_path / "broker")
    assert outcome.status == 0
    assert len(outcome.objects) == 6000
    assert [line["correlation_id"] for line in outcome.objects[:4]] == [0, 0, 1, 1]


def test_garbage_in_a_raw_stream_is_skipped_to_the_next_frame(inspect, tmp_path):
    path = tmp_path / "frames"
    path.write_bytes(METADATA_REQUEST + b"\xff" * 300 + METADATA_REQUEST)
    outcome = inspect("--json", path)
    assert outcome.status == 1
    assert [line["api"] for line in outcome.objects] == ["Metadata", None, None, "Metadata"]
    assert outcome.objects[1]["offset"] == len(METADATA_REQUEST)
    assert outcome.objects[2]["error"] == "300 bytes were skipped until the next frame"
