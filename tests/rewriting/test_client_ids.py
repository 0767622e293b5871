"""Client ids carry the tenant's name upstream, and are shown as the client said them."""

from __future__ import annotations

import pytest

from klamm.rewriting import Rewriter, load_rules
from tests.rewriting.driving import PREFIX, REWRITER, answered, forwarded, names_of


@pytest.mark.parametrize(
    ("api", "version", "asked"),
    [("DescribeGroups", version, "groups") for version in range(7)]
    + [("ConsumerGroupDescribe", version, "group_ids") for version in range(2)],
)
def test_a_described_member_shows_the_client_id_that_it_said(api: str, version: int, asked: str) -> None:
    stored = ["acme.console", "acme.acme.x", "acme.", "", "from-before", "acme"]
    members = [{"client_id": client_id, "member_id": f"{client_id}-1"} for client_id in stored]
    group = {"group_id": f"{PREFIX}g", "members": members}

    seen = answered(forwarded(api, version, {asked: ["g"]}), {"groups": [group]})["groups"][0]["members"]

    assert names_of(seen, "client_id") == ["console", "acme.x", "", "", "from-before", "acme"]
    # A member id is what the coordinator knows the member by, so it stays as it is.
    assert names_of(seen, "member_id") == [f"{client_id}-1" for client_id in stored]


def test_a_file_about_addresses_leaves_client_ids_alone() -> None:
    assert REWRITER.names_clients
    assert not Rewriter(load_rules("address_only")).names_clients
