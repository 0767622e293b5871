"""A route: one version of one API with everything prepared that its frames need."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from klamm.rewriting.actions import Action
from klamm.rewriting.actions.values import SilentWhen
from klamm.rewriting.completeness import bind_actions
from klamm.rewriting.paths import places
from klamm.rewriting.plan import Plan, compile_plan
from klamm.rewriting.refusals import Projection, make_projection, split_path
from klamm.rewriting.rules import ApiRules, RefuseRule
from klamm.rewriting.scope import Scope
from klamm.rewriting.walker import Step, make_step
from klamm.wire import DEFAULT_BUDGET, Message
from protocol_tables.api import Api

__all__ = ["Route"]

_UPSTREAM_BUDGET = 20_000_000
"""List elements in one answer: a cluster's whole Metadata is large, and a broker is no anonymous peer."""


class _Untouched(Step):
    """A message that no rule changes."""

    def apply(self, value: Any, scope: Scope) -> Any:
        return value


class Route:
    """What happens to one version of one API; its parts are prepared when they are first needed."""

    def __init__(self, api: Api, version: int, rules: ApiRules, *, keep_tags: bool) -> None:
        self.api = api
        self.version = version
        self.rules = rules
        self.keep_tags = keep_tags
        self.local = rules.local
        """The name of the proxy's own answer, None where the broker is asked."""
        self.before_login = rules.before_login
        self.denied = version not in rules.versions
        """Whether the tables have this version and the rules refuse it."""
        self.may_be_raised = (rules.raised is not None and version in rules.raised.versions) or bool(rules.send_as)
        """Whether a request may go upstream in another version, or as another API."""
        self.request_layout: Message = api.request(version)
        self.response_layout: Message = api.response(version)

    def read_request(self, body: bytes) -> dict[str, Any]:
        """Reads a request; raises Malformed."""
        asked: dict[str, Any] = self.request_layout.parse(body, keep_tags=self.keep_tags, exact=self.rules.exact)
        return asked

    def read_answer(self, body: bytes) -> dict[str, Any]:
        """Reads an answer; raises Malformed."""
        answer: dict[str, Any] = self.response_layout.parse(
            body, budget=_UPSTREAM_BUDGET, keep_tags=self.keep_tags, exact=self.rules.exact
        )
        return answer

    @cached_property
    def request_step(self) -> Step:
        """The walk of a request."""
        actions = self._actions("request", self.request_layout)
        separable = () if self.refuse.mode == "whole" else self.refuse.of
        return make_step(self.request_layout, actions, separable) or _Untouched()

    @cached_property
    def response_step(self) -> Step:
        """The walk of an answer."""
        return make_step(self.response_layout, self._actions("response", self.response_layout)) or _Untouched()

    @cached_property
    def request_plan(self) -> Plan | None:
        """The compiled walk of a plain request, where there can be one."""
        return compile_plan(self.request_layout, self._actions("request", self.request_layout), DEFAULT_BUDGET)

    @cached_property
    def response_plan(self) -> Plan | None:
        """The compiled walk of a plain answer, where there can be one."""
        return compile_plan(self.response_layout, self._actions("response", self.response_layout), _UPSTREAM_BUDGET)

    @cached_property
    def refuse(self) -> RefuseRule:
        """How this version is refused."""
        return self.rules.refusal(self.version)

    @cached_property
    def projection(self) -> Projection:
        """The shape of this version's refusal."""
        return make_projection(self.refuse.copy, list(self.refuse.codes), self.refuse.fill)

    @cached_property
    def _silencing(self) -> list[tuple[str, int]]:
        actions = self._actions("request", self.request_layout)
        return [(path, verb.value) for path, verbs in actions.items() for verb in verbs if isinstance(verb, SilentWhen)]

    def is_silent(self, asked: Mapping[str, Any]) -> bool:
        """Tells whether a request is of the kind that gets no answer."""
        return any(asked.get(path) == value for path, value in self._silencing)

    def answers_locally(self, asked: Any, refused: Mapping[tuple[int, ...], int]) -> bool:
        """Tells whether a request of which entries were refused is answered here as a whole.

        A list that has run empty goes on only where its emptiness means none. Some lists came to mean that in the
        version that gave them a null for all; before, empty is all, whatever the rules say of the later versions.
        """
        if self.refuse.mode == "all_or_nothing":
            return True
        outermost = next(path for path in self.refuse.of if path.count("[]") == 1)
        name = outermost.removesuffix("[]")
        rule = self.rules.lists[f"request {name}"]
        if asked[name] != []:
            return False
        empty_is_all = rule.when_null is not None and not self.request_layout.fields[name].nullable
        return empty_is_all or rule.when_emptied == "answer"

    def recoded(self, codes: Mapping[tuple[int, ...], int]) -> dict[tuple[int, ...], int]:
        """Gives the codes as this version of this API says them."""
        return {indexes: self.refuse.recode.get(code, code) for indexes, code in codes.items()}

    def with_others(self, asked: Any, codes: dict[tuple[int, ...], int]) -> dict[tuple[int, ...], int]:
        """Adds, where one bad entry spoils them all, the code of the entries that were good."""
        if self.refuse.mode != "all_or_nothing" or () in codes:
            return codes
        (name, *_), _ = split_path(self.refuse.of[0])
        return {(index,): self.refuse.others for index in range(len(asked[name]))} | codes

    def _actions(self, direction: str, layout: Message) -> dict[str, list[Action]]:
        return bind_actions(self.rules, direction, places(layout))
