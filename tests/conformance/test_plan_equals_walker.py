"""What the compiled plan makes of a frame is what the walker makes of it: the same bytes, the same refusals."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from conformance.plan_equals_walker import Case, cases, frames, outcomes, sessions
from klamm.rewriting import Rewriter, load_rules

REWRITER = Rewriter(load_rules("tenant_isolation"))
SESSIONS = sessions()
EXAMPLES = 20


@pytest.mark.parametrize("case", list(cases(REWRITER)), ids=str)
def test_a_plan_gives_what_the_walker_gives(case: Case) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(body=frames(case), tenant=st.sampled_from(range(len(SESSIONS))))
    def holds(body: bytes, tenant: int) -> None:
        planned, walked = outcomes(REWRITER, case, body, SESSIONS[tenant])
        assert planned == walked

    holds()


def test_plain_frames_are_not_left_to_the_walker() -> None:
    unplanned = [str(case) for case in cases(REWRITER) if _plan(case) is None]
    assert unplanned == ["DescribeTopicPartitions-0-request", "DescribeTopicPartitions-0-response"]


def _plan(case: Case) -> object:
    return case.route.request_plan if case.direction == "request" else case.route.response_plan
