"""Packages of `klamm[inspect]` that are not installed: each is named where it is needed, and nothing else suffers."""

import sys

import pytest

from klamm.inspect.records import codecs
from klamm.inspect.records.batches import Limits, batches
from tests.inspect.captures import Conversation, pcap
from tests.inspect.helpers import METADATA_REQUEST
from tests.inspect.test_records import PACKED, batch

REMEDY = "pip install 'klamm[inspect]'"


@pytest.fixture
def without(monkeypatch):
    """Take an installed package away."""

    def take(name: str) -> None:
        for module in [each for each in sys.modules if each == name or each.startswith(f"{name}.")]:
            monkeypatch.delitem(sys.modules, module)
        monkeypatch.setitem(sys.modules, name, None)
        codecs._cramjam.cache_clear()

    yield take
    codecs._cramjam.cache_clear()


def test_a_capture_without_dpkt_is_an_error_in_one_line(inspect, tmp_path, without):
    path = tmp_path / "capture"
    path.write_bytes(pcap(Conversation().open().send(METADATA_REQUEST).packets))
    without("dpkt")
    outcome = inspect("--list", path)
    assert (outcome.status, outcome.out) == (1, "")
    assert outcome.err == f"klamm-inspect: {path}: to read a capture dpkt is needed: {REMEDY}\n"
    assert inspect("--list", METADATA_REQUEST.hex()).status == 0


def test_a_packed_batch_without_cramjam_says_what_is_missing(without):
    without("cramjam")
    for name, (codec, payload) in PACKED.items():
        (found,) = batches(batch(payload, 2, codec), Limits())
        if name in ("none", "gzip"):
            assert len(found["records"]) == 2
        else:
            assert "cramjam" in found["error"] and REMEDY in found["error"]


def test_a_batch_without_crc32c_is_read_and_says_that_it_was_not_checked(without):
    data = batch(PACKED["none"][1], 2)
    without("crc32c")
    (found,) = batches(data, Limits())
    assert found["crc_valid"] is None
    assert "crc32c" in found["error"] and REMEDY in found["error"]
    assert len(found["records"]) == 2
