"""Klamm in front of each cluster, started once; after every test all bytes and connections so far are searched."""

import warnings
from collections.abc import Generator, Iterator

import pytest

pytest.register_assert_rewrite(
    "tests.clients.promises", "tests.clients.group_run", "tests.clients.front", "tests.clients.steps"
)

with warnings.catch_warnings():
    # kafka-python reads its schemas, while it is imported, by a function that Python 3.11 calls deprecated.
    warnings.simplefilter("ignore", DeprecationWarning)
    import kafka  # noqa: F401

from tests.clients.front import Front  # noqa: E402 - the lines above must come first
from tests.kafka import Cluster  # noqa: E402


@pytest.fixture(scope="session")
def front(kafka: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """Klamm in front of three brokers, of each release in turn."""
    front = Front(kafka, tmp_path_factory.mktemp("klamm"))
    front.start()
    try:
        yield front
    finally:
        front.stop()


@pytest.fixture(autouse=True)
def nothing_foreign_was_received(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail every test after which a client has received or reached what it may not."""
    front = request.getfixturevalue("front") if "front" in request.fixturenames else None
    if front is not None:
        # Tests without Klamm go to the same brokers, and may.
        front.watch.intruders.clear()
    yield
    if front is not None:
        front.check()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the end of Klamm's log beside a failed test."""
    report = yield
    front = getattr(item, "funcargs", {}).get("front")
    if report.failed and front is not None:
        report.sections.append(("Klamm's log", front.klamm.log_tail()))
    return report
