"""The completeness check: a rules file with a hole, or with a line that does nothing, is not loaded.

Every field of every allowed version needs a verb, except those whose leaf type is inert. Every API of the tables
needs an entry, every list that may be null or run empty says what that means, and every version can be refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from klamm.rewriting.actions import VERBS, Action, make_action
from klamm.rewriting.actions.patterns import KeepPattern
from klamm.rewriting.actions.values import Carry
from klamm.rewriting.paths import Place, places
from klamm.rewriting.refusals import RefusalError, make_projection
from klamm.rewriting.replacing import REPLACEMENTS
from klamm.rewriting.rules import ApiRules, RefuseRule, RuleSet
from klamm.wire import Array
from protocol_tables.api import Api
from protocol_tables.registry import BY_KEY, named
from protocol_tables.types import INERT

__all__ = ["LOCAL", "bind_actions", "problems_of"]

LOCAL = {
    "ApiVersions": "api_versions",
    "SaslHandshake": "sasl_handshake",
    "SaslAuthenticate": "sasl_authenticate",
}
"""The APIs that the proxy answers itself, and what its answers are called."""

_ADDRESSES = {"request": ("Acks",), "response": ("Host", "Port")}
"""What a file that covers addresses has rules for; by its acks the proxy knows that a request gets no answer."""

_WHEN_NULL = ("filter", "pass")
_WHEN_EMPTIED = ("answer", "forward")


def problems_of(rules: RuleSet) -> list[str]:
    """Gives everything that is missing, superfluous or wrong in a rules file, one text each."""
    apis = {api.name: api for api in BY_KEY.values()}
    found = [f"{name}: the rules do not say what happens to this API" for name in apis.keys() - rules.apis]
    found += [f"{name}: the tables have no such API" for name in rules.apis.keys() - apis]
    for name, api in apis.items():
        if name in rules.apis:
            found += [f"{name}: {problem}" for problem in _api_problems(api, rules.apis[name])]
            found += [f"{name}: {problem}" for problem in _send_as_problems(name, rules)]
    return found


def bind_actions(rules: ApiRules, direction: str, found: Iterable[Place]) -> dict[str, list[Action]]:
    """Makes the actions of the fields that a layout has; raises ValueError for a verb that does not fit."""
    verbs = rules.verbs.get(direction, {})
    return {
        place.path: [make_action(text, place.kind, direction) for text in verbs[place.path]]
        for place in found
        if place.path in verbs
    }


def _api_problems(api: Api, rules: ApiRules) -> Iterator[str]:
    if any(version not in api.versions for version in rules.versions):
        yield f"versions {rules.versions}: the tables have {api.versions}"
        return
    if rules.addresses_only:
        if rules.versions != api.versions:
            yield f"versions {rules.versions}: addresses are covered in all that the tables have, {api.versions}"
        for direction in ("request", "response"):
            yield from _direction_problems(api, rules, direction, set())
        return
    if rules.local is not None:
        if rules.local != LOCAL.get(api.name):
            yield f"local: {rules.local!r} is not an answer to this API; it is {LOCAL.get(api.name, 'the broker')!r}"
        if any(rules.verbs.values()) or rules.lists or rules.refuse or rules.raised or rules.send_as:
            yield "an API that is answered here has no rules for fields, refusals or raised versions"
        return
    if rules.before_login:
        yield "before_login: nothing may reach a broker before login, only an API that is answered here"
    yield from _refuse_problems(api, rules)
    carried: set[str] = set()
    for direction in ("request", "response"):
        yield from _direction_problems(api, rules, direction, carried)
    yield from _raise_problems(api, rules)


def _direction_problems(api: Api, rules: ApiRules, direction: str, carried: set[str]) -> Iterator[str]:
    verbs = rules.verbs.get(direction, {})
    seen: dict[str, list[Place]] = {}
    for version in rules.versions:
        layout = api.request(version) if direction == "request" else api.response(version)
        for place in places(layout):
            seen.setdefault(place.path, []).append(place)
    covered = {path for path in seen if any(_is_inside(path, rule) for rule in verbs)}
    for path, found in seen.items():
        place = found[0]
        if path in verbs:
            yield from _verb_problems(verbs[path], direction, found, carried)
            if rules.addresses_only and not _is_wanted(rules, direction, place):
                yield f"{direction} {path}: a file that covers addresses leaves a {place.kind} as it is"
        elif _is_wanted(rules, direction, place) and path not in covered:
            yield f"{direction} {path}: no rule for this {place.kind}"
    for path in verbs:
        if path not in seen:
            yield f"{direction} {path}: versions {rules.versions} have no such field"
    if direction == "request" and not rules.addresses_only:
        yield from _list_problems(api, rules)
    for key in rules.lists:
        if key.startswith("response "):
            yield f"{key}: when_null and when_emptied are for requests"


def _is_wanted(rules: ApiRules, direction: str, place: Place) -> bool:
    if rules.addresses_only:
        return place.kind in _ADDRESSES[direction]
    return place.kind not in INERT and place.kind not in ("list", "record")


def _is_inside(path: str, rule: str) -> bool:
    return path.startswith((f"{rule}.", f"{rule}["))


def _verb_problems(verbs: Sequence[str], direction: str, found: list[Place], carried: set[str]) -> Iterator[str]:
    place = found[0]
    if place.kind in INERT:
        yield f"{direction} {place.path}: a {place.kind} needs no rule"
        return
    if not verbs:
        yield f"{direction} {place.path}: no verb"
    for text in verbs:
        try:
            action = make_action(text, place.kind, direction)
        except ValueError as error:
            yield f"{direction} {place.path}: {error}"
            continue
        if isinstance(action, Carry | KeepPattern):
            carried.add(action.name)
        if not all(action.fits(variant.type) for variant in found):
            yield f"{direction} {place.path}: {text} gives what this {place.kind} cannot hold"
        for name in action.reads:
            if name not in carried and not any(name in variant.around for variant in found):
                yield f"{direction} {place.path}: {text} finds no field {name} around it, and none is carried"


def _list_problems(api: Api, rules: ApiRules) -> Iterator[str]:
    nullable, separable = set(), set()
    for version in rules.versions:
        refuse = next((rule for rule in rules.refuse if version in rule.versions), None)
        for place in places(api.request(version)):
            if isinstance(place.type, Array):
                if place.type.nullable:
                    nullable.add(place.path)
                if refuse is not None and f"{place.path}[]" in refuse.of:
                    separable.add(place.path)
    hiding = {name for name, action in VERBS.items() if action.hides}
    hides = any(text.partition("(")[0] in hiding for verbs in rules.verbs["response"].values() for text in verbs)
    named = {key.removeprefix("request "): rule for key, rule in rules.lists.items() if key.startswith("request ")}
    for path in sorted(nullable | separable | named.keys()):
        rule = named.get(path)
        when_null = rule.when_null if rule else None
        when_emptied = rule.when_emptied if rule else None
        if (when_null in _WHEN_NULL) != (path in nullable):
            yield f"request {path}: a list that can be null, and no other, says when_null: {' or '.join(_WHEN_NULL)}"
        if (when_emptied in _WHEN_EMPTIED) != (path in separable):
            allowed = " or ".join(_WHEN_EMPTIED)
            yield f"request {path}: a list refused entry by entry, and no other, says when_emptied: {allowed}"
        if when_emptied == "answer" and "[]" in path:
            yield f"request {path}: only a list that is in no other can be answered here; this one says forward"
        if when_null == "filter" and not hides:
            yield f"request {path}: when_null: filter, but nothing in the answer is left out"


def _refuse_problems(api: Api, rules: ApiRules) -> Iterator[str]:
    for version in api.versions:
        matching = [rule for rule in rules.refuse if version in rule.versions]
        if len(matching) != 1:
            yield f"version {version} has {len(matching)} refuse rules, one is needed"
            continue
        if matching[0].codes and not any(place.path in matching[0].codes for place in places(api.response(version))):
            yield f"refuse: version {version} has no field for an error code"
    for rule in rules.refuse:
        yield from _refuse_path_problems(api, rule)


def _refuse_path_problems(api: Api, rule: RefuseRule) -> Iterator[str]:
    try:
        make_projection(rule.copy, list(rule.codes), rule.fill)
    except RefusalError as error:
        yield f"refuse: {error}"
    versions = [version for version in api.versions if version in rule.versions]
    asked = {place.path for version in versions for place in places(api.request(version))}
    answered = {place.path for version in versions for place in places(api.response(version))}
    for path in {*rule.of, *rule.copy} - asked:
        yield f"refuse: {path} is not in the request"
    for path in {*rule.copy.values(), *rule.fill, *rule.codes} - answered:
        yield f"refuse: {path} is not in the answer"


def _send_as_problems(name: str, rules: RuleSet) -> Iterator[str]:
    own = rules.apis[name]
    needed = REPLACEMENTS[name].api if name in REPLACEMENTS and own.versions and not own.addresses_only else None
    if own.send_as != needed:
        yield f"send_as: {own.send_as or 'missing'}; this API goes up as {needed or 'itself'}"
    elif needed is not None and needed in rules.apis and rules.apis[needed].versions != named(needed).versions:
        yield f"send_as: {needed} is to be allowed in all its versions"
    if own.send_as and own.raised:
        yield "send_as: what goes up as another API has no raise rule"


def _raise_problems(api: Api, rules: ApiRules) -> Iterator[str]:
    fields = rules.verbs.get("request", {})
    conditional = [path for path, verbs in fields.items() if any(verb.startswith("when_permitted(") for verb in verbs)]
    for path in conditional:
        for version in rules.versions:
            has_field = any(place.path == path for place in places(api.request(version)))
            is_raised = rules.raised is not None and version in rules.raised.versions
            if not has_field and not is_raised:
                yield f"version {version} has no {path}: a raise rule must cover it"
            if has_field and is_raised:
                yield f"version {version} has {path}: no raise rule may cover it"
    if rules.raised is None:
        return
    if not conditional:
        yield "raise: nothing depends on a permission"
    elif not any(f"when_permitted({rules.raised.unless})" in fields[path] for path in conditional):
        yield f"raise: no field depends on {rules.raised.unless!r}"
    if rules.raised.to not in rules.versions or rules.raised.to in rules.raised.versions:
        yield f"raise: version {rules.raised.to} is none to raise a request to"
    elif not getattr(api.request(rules.raised.to).fields.get(rules.raised.empty_as_null), "nullable", False):
        yield f"raise: {rules.raised.empty_as_null} cannot be null in version {rules.raised.to}"
