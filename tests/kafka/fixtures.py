"""pytest's view of the real Kafka: `kafka_4`, `kafka_3`, `kafka_sasl`, and `kafka` for what holds on both releases.

KLAMM_TEST_BOOTSTRAP may name a running cluster of three PLAINTEXT brokers (all of them, host:port,host:port,...) to use
for the first two and the last; tests that stop brokers ask for `breakable_kafka`, which is always one of our own.

A cluster starts when the first test asks for it, and stops when the last collected test that names it is done, so that
a run has few brokers up at any time. Tests are ordered for that; those that need no Kafka come first.

Where no Kafka can be started the tests fail, on a laptop as in CI: a skipped promise would look like a kept one.
"""

import os
from collections.abc import Generator, Iterator
from typing import cast

import pytest

from tests.kafka.cluster import Cluster, KafkaCluster
from tests.kafka.nodes import ContainerNode, ProcessNode, docker_offers
from tests.kafka.release import KAFKA_3, KAFKA_4, KafkaRelease, say

__all__ = ["breakable_kafka", "kafka", "kafka_3", "kafka_4", "kafka_sasl"]

CLUSTERS = ("kafka_4", "breakable_kafka", "kafka_3", "kafka_sasl")

running: dict[str, Cluster] = {}
last_users: dict[str, str] = {}


@pytest.fixture(scope="session")
def kafka_4(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Three brokers of the newest Kafka, PLAINTEXT."""
    yield from provide("kafka_4", KAFKA_4, tmp_path_factory, brokers=3)


@pytest.fixture(scope="session")
def kafka_3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Three brokers of Kafka 3.9, PLAINTEXT."""
    yield from provide("kafka_3", KAFKA_3, tmp_path_factory, brokers=3)


@pytest.fixture(scope="session")
def kafka_sasl(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaCluster]:
    """One broker of the newest Kafka that only lets the user `klamm` in, by SASL/PLAIN."""
    yield from start("kafka_sasl", KAFKA_4, tmp_path_factory, brokers=1, sasl=True)


@pytest.fixture(scope="session")
def breakable_kafka(kafka_4: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaCluster]:
    """`kafka_4`, or a cluster like it where that one is not ours to stop; a test leaves all brokers up behind it."""
    if isinstance(kafka_4, KafkaCluster):
        yield kafka_4
    else:
        yield from start("breakable_kafka", KAFKA_4, tmp_path_factory, brokers=3)


@pytest.fixture(scope="session", params=["kafka_4", "kafka_3"])
def kafka(request: pytest.FixtureRequest) -> Cluster:
    """Each of the two releases in turn, three brokers, PLAINTEXT."""
    return cast(Cluster, request.getfixturevalue(request.param))


def provide(name: str, release: KafkaRelease, folders: pytest.TempPathFactory, *, brokers: int) -> Iterator[Cluster]:
    """Yield the cluster that KLAMM_TEST_BOOTSTRAP names, else one of our own."""
    bootstrap = os.environ.get("KLAMM_TEST_BOOTSTRAP")
    if bootstrap:
        yield Cluster(release, bootstrap)
    else:
        yield from start(name, release, folders, brokers=brokers)


def start(
    name: str, release: KafkaRelease, folders: pytest.TempPathFactory, *, brokers: int, sasl: bool = False
) -> Iterator[KafkaCluster]:
    """Yield a running cluster of our own, made of containers where Docker is there, else of Java processes."""
    node_type = ContainerNode if docker_offers(release) else ProcessNode
    cluster = KafkaCluster(release, sasl=sasl, brokers=brokers, folder=folders.mktemp(name), node_type=node_type)
    say(f"\nStarting Apache Kafka {release.version} with {brokers} broker(s) ...")
    cluster.start()
    running[name] = cluster
    try:
        yield cluster
    finally:
        stop(name)


def stop(name: str) -> None:
    """Stop a cluster unless that has been done."""
    cluster = running.pop(name, None)
    if cluster is not None:
        cluster.stop()


def clusters_of(item: pytest.Item) -> list[str]:
    """Return the names of the clusters that a test uses, by itself or through its fixtures."""
    names = [name for name in CLUSTERS if name in getattr(item, "fixturenames", ())]
    callspec = getattr(item, "callspec", None)
    chosen = callspec.params.get("kafka") if callspec else None
    return names + ([chosen] if chosen in CLUSTERS else [])


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put tests side by side that use the same cluster, otherwise in the order that they were in."""
    items.sort(key=lambda item: [CLUSTERS.index(name) for name in clusters_of(item)])
    for item in items:
        last_users.update(dict.fromkeys(clusters_of(item), item.nodeid))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None]:
    """Stop a cluster behind the last test that uses it, after that test's own clean-up."""
    yield
    for name in clusters_of(item):
        if last_users.get(name) == item.nodeid:
            stop(name)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the end of the brokers' logs beside a failed test."""
    report = yield
    if report.failed:
        for name in clusters_of(item):
            if name in running and (text := running[name].log_text()):
                report.sections.append((f"{name}'s log", text))
    return report
