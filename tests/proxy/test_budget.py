"""The memory of large frames is bounded, shared out in order, and always given back."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klamm.proxy.budget import LARGE, Budget, Reservation
from klamm.proxy.intake import Intake
from klamm.wire.errors import Malformed
from klamm.wire.framing import frame


class Claims:
    """Reservations by the names the tests give them, and the order in which those that waited were woken."""

    def __init__(self, total: int) -> None:
        self.budget = Budget(total)
        self.made: dict[str, Reservation] = {}
        self.woken: list[str] = []

    def reserve(self, name: str, size: int, owner: str = "") -> bool:
        self.made[name] = self.budget.reserve(owner or name, size, self._note(name))
        return self.made[name].granted

    def _note(self, name: str) -> Callable[[], None]:
        return lambda: self.woken.append(name)

    def release(self, name: str) -> None:
        self.budget.release(self.made.pop(name))


def test_what_fits_is_granted_at_once_and_wakes_nobody() -> None:
    claims = Claims(100)
    assert claims.reserve("a", 60)
    assert claims.reserve("b", 40)
    assert claims.budget.used == 100
    assert claims.woken == []


def test_those_who_wait_are_let_in_in_the_order_they_came() -> None:
    claims = Claims(100)
    claims.reserve("a", 100)
    assert [claims.reserve(name, 50) for name in "bcd"] == [False, False, False]
    claims.release("a")
    assert claims.woken == ["b", "c"]
    claims.release("b")
    assert claims.woken == ["b", "c", "d"]


def test_a_small_frame_does_not_overtake_a_large_one_that_waits() -> None:
    claims = Claims(100)
    claims.reserve("a", 60)
    assert not claims.reserve("large", 90)
    assert not claims.reserve("small", 10)
    claims.release("a")
    assert claims.woken == ["large", "small"]


def test_one_owner_gets_no_more_than_half_and_stops_nobody_else() -> None:
    claims = Claims(100)
    assert claims.reserve("a1", 50, "greedy")
    assert not claims.reserve("a2", 10, "greedy")
    assert claims.reserve("b", 50, "other")
    claims.release("b")
    assert claims.woken == []
    claims.release("a1")
    assert claims.woken == ["a2"]


def test_a_frame_longer_than_the_whole_budget_passes_alone() -> None:
    claims = Claims(100)
    assert claims.reserve("a", 10)
    assert not claims.reserve("huge", 500)
    claims.release("a")
    assert claims.woken == ["huge"]
    assert not claims.reserve("b", 1)
    claims.release("huge")
    assert claims.woken == ["huge", "b"]


def test_who_leaves_while_waiting_makes_room_for_the_next() -> None:
    claims = Claims(100)
    claims.reserve("a", 60)
    claims.reserve("large", 90)
    claims.reserve("small", 40)
    claims.release("large")
    assert claims.woken == ["small"]
    assert claims.budget.waiting == 0


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 60)), max_size=60))
def test_whatever_happens_the_bound_holds_and_everything_comes_back(steps: list[tuple[int, int]]) -> None:
    claims = Claims(100)
    for number, (act, size) in enumerate(steps):
        if act < 4 or not claims.made:
            claims.reserve(f"{number}", size, owner=f"owner {act}")
        else:
            claims.release(sorted(claims.made)[size % len(claims.made)])
        held = [it for it in claims.made.values() if it.granted]
        assert claims.budget.used == sum(it.size for it in held)
        assert claims.budget.used <= 100
        assert held or not claims.made
    for name in sorted(claims.made):
        claims.release(name)
    assert (claims.budget.used, claims.budget.waiting) == (0, 0)


def intake(budget: Budget, owner: str, limit: int = 1 << 20) -> Intake:
    made = Intake(limit, budget, lambda: None)
    made.owner = owner
    return made


def test_frames_up_to_64_kib_ask_for_nothing() -> None:
    budget = Budget(1)
    one = intake(budget, "a")
    data = frame(b"x" * (LARGE - 4))
    assert one.feed(data[:100]) == []
    assert budget.used == 0
    assert one.feed(data[100:] + data[:1]) == [data[4:]]


def test_a_large_frame_holds_its_whole_length_from_its_first_bytes_until_it_was_handed_on() -> None:
    budget = Budget(1 << 20)
    one = intake(budget, "a")
    data = frame(b"x" * 200_000)
    one.feed(data[:10])
    assert budget.used == 200_004
    assert one.feed(data[10:]) == [data[4:]]
    assert budget.used == 200_004
    assert one.holding
    one.handed_on()
    assert budget.used == 0


def test_a_large_frame_without_room_waits_and_is_woken() -> None:
    budget = Budget(300_000)
    woken: list[bool] = []
    one, two = intake(budget, "a"), Intake(1 << 20, budget, lambda: woken.append(True))
    two.owner = "b"
    data = frame(b"x" * 200_000)
    one.feed(data[:10])
    two.feed(data[:10])
    assert (one.waiting, two.waiting) == (False, True)
    one.feed(data[10:])
    one.handed_on()
    assert woken == [True]
    assert not two.waiting
    assert two.feed(data[10:]) == [data[4:]]


def test_a_large_frame_that_arrives_without_room_waits_for_nothing_any_more() -> None:
    budget = Budget(300_000)
    woken: list[bool] = []
    one, two = intake(budget, "a"), Intake(1 << 20, budget, lambda: woken.append(True))
    data = frame(b"x" * 200_000)
    one.feed(data[:10])
    two.feed(data[:10])
    assert two.waiting
    assert two.feed(data[10:]) == [data[4:]]
    assert (two.waiting, two.holding, woken, budget.waiting) == (False, False, [True], 0)


@pytest.mark.parametrize("begun", [True, False])
def test_a_connection_that_closes_gives_everything_back(begun: bool) -> None:
    budget = Budget(300_000)
    one, two = intake(budget, "a"), intake(budget, "b")
    data = frame(b"x" * 200_000)
    one.feed(data[:10] if begun else data)
    two.feed(data[:10])
    one.close()
    two.close()
    assert (budget.used, budget.waiting) == (0, 0)


def test_a_length_above_the_limit_reserves_nothing() -> None:
    budget = Budget(1 << 30)
    one = intake(budget, "a", limit=100_000)
    with pytest.raises(Malformed):
        one.feed((100_001).to_bytes(4))
    assert budget.used == 0


@given(st.lists(st.sampled_from([1, 100, 70_000, 200_000]), max_size=6), st.lists(st.integers(1, 250_000), max_size=12))
def test_however_the_bytes_arrive_the_frames_are_the_same_and_nothing_stays_reserved(
    sizes: list[int], cuts: list[int]
) -> None:
    budget = Budget(1 << 20)
    one = intake(budget, "a")
    sent = [bytes([number]) * size for number, size in enumerate(sizes)]
    stream = b"".join(map(frame, sent))
    got: list[bytes] = []
    for cut in [*cuts, len(stream)]:
        got += one.feed(stream[:cut])
        stream = stream[cut:]
    assert got == sent
    one.handed_on()
    assert budget.used == 0
