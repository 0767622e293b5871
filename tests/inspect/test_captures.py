"""Packet captures: put together as TCP would, and honest about what is missing."""

import random
import struct

import pytest

from tests.inspect.captures import Conversation, pcap, pcapng
from tests.inspect.helpers import METADATA_ANSWER, METADATA_REQUEST, answer, produce, request, run

HEARTBEAT = request("Heartbeat", 4, 21, {"group_id": "g"})
HEARTBEAT_ANSWER = answer("Heartbeat", 4, 21, {"error_code": 27})


@pytest.fixture
def shown(inspect, tmp_path):
    """Inspect the bytes of a capture as JSON with context."""

    def show(data: bytes, *arguments: str):
        path = tmp_path / "capture"
        path.write_bytes(data)
        return inspect("--json", "--context", *arguments, path)

    return show


def exchange(segment: int = 1448) -> Conversation:
    """Give a whole connection with two exchanges."""
    talk = Conversation(segment=segment).open()
    talk.send(METADATA_REQUEST).answer(METADATA_ANSWER).send(HEARTBEAT).answer(HEARTBEAT_ANSWER)
    return talk.close()


def names(outcome) -> list[str]:
    """Give direction and API of all frames, and the errors of what is none."""
    return [f"{line['direction']} {line['api']}" if line["api"] else line["error"] for line in outcome.objects]


ALL = ["request Metadata", "response Metadata", "request Heartbeat", "response Heartbeat"]


@pytest.mark.parametrize("segment", [1, 7, 60, 1448])
def test_frames_are_cut_wherever_segments_end(shown, segment):
    outcome = shown(pcap(exchange(segment).packets))
    assert names(outcome) == ALL
    assert outcome.status == 0
    assert outcome.objects[0]["connection"] == "10.0.0.1:50001 > 10.0.0.9:9092"
    assert outcome.objects[3]["body"]["error_code"] == 27
    assert outcome.objects[3]["answers"] == 3


@pytest.mark.parametrize("order", ["<", ">"])
def test_pcapng_says_the_same_as_pcap(shown, order):
    packets = exchange(60).packets
    plain, new = shown(pcap(packets)), shown(pcapng(packets, order=order))
    assert [line["body"] for line in new.objects] == [line["body"] for line in plain.objects]
    assert [round(line["time"], 3) for line in new.objects] == [round(line["time"], 3) for line in plain.objects]


@pytest.mark.parametrize("seed", range(5))
def test_disorder_and_repeats_change_nothing(shown, seed):
    packets = exchange(30).packets
    chaos = random.Random(seed)
    mixed = packets[:2]
    for start in range(2, len(packets) - 2, 4):
        window = packets[start : start + 4] + chaos.sample(packets[2 : start + 1], min(2, start - 1))
        mixed += window if start < 3 else chaos.sample(window, len(window))
    outcome = shown(pcap(mixed))
    assert sorted(names(outcome)) == sorted(ALL)
    assert outcome.status == 0


def test_a_lost_segment_costs_one_frame_and_is_told(shown):
    big = produce(9, 5, bytes(5000))
    talk = Conversation(segment=1000).open().send(METADATA_REQUEST).answer(METADATA_ANSWER).send(big).send(HEARTBEAT)
    del talk.packets[5]  # the second segment of the Produce request
    outcome = shown(pcap(talk.close().packets))
    assert names(outcome) == ["request Metadata", "response Metadata", "request Produce", "request Heartbeat"]
    lost = outcome.objects[2]
    assert lost["error"] == "1000 bytes are missing from the capture here"
    assert lost["offset"] == 1000
    assert outcome.status == 1


def test_a_loss_across_frames_is_followed_by_the_next_frame_that_can_be_found(shown):
    talk = Conversation(segment=40).open().send(METADATA_REQUEST)
    for number in range(20):
        talk.send(request("Heartbeat", 4, number, {"group_id": "group"}))
    del talk.packets[6:9]
    outcome = shown(pcap(talk.close().packets))
    found = names(outcome)
    assert outcome.status == 1
    assert any("missing" in line.get("error", "") for line in outcome.objects)
    assert found.count("request Heartbeat") >= 15
    assert found[-1] == "request Heartbeat"


def test_a_capture_that_begins_in_the_middle_finds_its_feet(shown):
    talk = Conversation(segment=50).open().send(produce(9, 1, bytes(900)))
    talk.send(METADATA_REQUEST).answer(METADATA_ANSWER).send(HEARTBEAT).answer(HEARTBEAT_ANSWER)
    outcome = shown(pcap(talk.packets[8:]))
    assert outcome.status == 1
    assert [line for line in names(outcome) if line in ALL] == ALL
    assert "skipped before the first frame" in outcome.objects[0]["error"]


def test_answers_before_the_first_request_of_a_late_capture_are_told_to_lack_their_request(shown):
    talk = Conversation().open().send(METADATA_REQUEST).answer(METADATA_ANSWER).send(HEARTBEAT).answer(HEARTBEAT_ANSWER)
    outcome = shown(pcap(talk.packets[3:]))
    assert "no request with correlation id 7 was seen" in outcome.objects[0]["error"]
    assert names(outcome)[1:] == ALL[2:]


def test_a_capture_that_ends_inside_a_frame_shows_what_there_is(shown):
    talk = Conversation(segment=20).open().send(METADATA_REQUEST)
    outcome = shown(pcap(talk.packets[:-1]))
    (line,) = outcome.objects
    assert (line["api"], line["correlation_id"]) == ("Metadata", 7)
    assert "the data ends after" in line["error"]


def test_a_file_cut_off_inside_a_packet_is_told_with_its_offset(shown):
    whole = pcap(exchange().packets)
    outcome = shown(whole[:-30])
    assert names(outcome)[:4] == ALL
    assert outcome.objects[-1]["error"].startswith("the capture ends after")
    assert outcome.objects[-1]["offset"] > 0
    assert outcome.status == 1


def test_packets_shortened_by_the_capture_are_told(shown):
    outcome = shown(pcap(exchange().packets, snap=100))
    assert any("kept" in error or "missing" in error for error in names(outcome))
    assert outcome.status == 1


@pytest.mark.parametrize(
    ("first", "said"),
    [
        (bytes.fromhex("16030100c8010000c403031122334455667788"), "TLS"),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "SSH"),
        (b"some protocol that nobody knows", "something else"),
    ],
)
def test_other_protocols_are_named_and_kafka_beside_them_is_decoded(shown, first, said):
    other = Conversation(client=("10.0.0.2", 40000), broker=("10.0.0.9", 443)).open().send(first).answer(b"x" * 50)
    outcome = shown(pcap(other.packets + exchange().packets))
    assert said in outcome.objects[0]["error"]
    assert names(outcome)[1:] == ALL
    assert outcome.status == 1


def test_a_port_leaves_out_what_is_not_a_brokers(shown):
    other = Conversation(client=("10.0.0.2", 40000), broker=("10.0.0.9", 443)).open().send(b"GET / HTTP/1.1\r\n\r\n")
    outcome = shown(pcap(other.packets + exchange().packets), "--port", "9092,9093")
    assert names(outcome) == ALL
    assert outcome.status == 0


def test_a_port_used_anew_is_a_new_connection(shown):
    outcome = shown(pcap(exchange().packets + exchange().packets))
    assert names(outcome) == ALL + ALL
    assert outcome.status == 0


@pytest.mark.parametrize("link", [1, 101, 113, 276, 0])
def test_all_usual_link_types_are_read(shown, link):
    heads = {1: bytes(12) + b"\x08\x00", 101: b"", 113: bytes(16), 276: bytes(20), 0: bytes(4)}
    outcome = shown(pcap([heads[link] + packet[14:] for packet in exchange().packets], link=link))
    assert names(outcome) == ALL


def test_vlan_tags_and_ipv6_are_read(shown):
    tagged = [packet[:12] + b"\x81\x00\x00\x05" + packet[12:] for packet in exchange().packets]
    assert names(shown(pcap(tagged))) == ALL
    sixth = []
    for packet in exchange().packets:
        hosts = b"".join(bytes(15) + packet[at + 3 : at + 4] for at in (26, 30))
        tcp = packet[34:]
        sixth.append(packet[:12] + b"\x86\xdd" + struct.pack(">IHBB", 6 << 28, len(tcp), 6, 64) + hosts + tcp)
    outcome = shown(pcap(sixth))
    assert names(outcome) == ALL
    assert outcome.objects[0]["connection"] == "[::1]:50001 > [::9]:9092"


def test_a_capture_can_be_piped_in():
    outcome = run("--list", stdin=pcap(exchange().packets))
    assert outcome.status == 0
    assert [line.split()[6] for line in outcome.out.splitlines()] == ["Metadata", "Metadata", "Heartbeat", "Heartbeat"]


def test_a_request_without_answer_awaits_none(shown):
    talk = Conversation().open().send(produce(7, 1, b"", acks=0)).send(produce(7, 2, b"", acks=1))
    talk.answer(answer("Produce", 7, 2))
    outcome = shown(pcap(talk.packets))
    assert outcome.status == 0
    assert outcome.objects[2]["answers"] == 2


def test_damaged_capture_files_are_told_and_never_crash(shown):
    whole = pcapng(exchange(200).packets)
    chaos = random.Random(1)
    for _ in range(200):
        broken = bytearray(whole)
        for _ in range(chaos.randint(1, 8)):
            broken[chaos.randrange(4, len(broken))] = chaos.randrange(256)
        assert shown(bytes(broken)).status in (0, 1)
    assert shown(b"\xd4\xc3\xb2\xa1").status == 1
    assert shown(b"\x0a\x0d\x0d\x0a\x00").status == 1
