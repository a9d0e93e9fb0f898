"""The selection: which checks a run asks, how severe each is, and the parameter values in force."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from rempart_core.error import UsageError
from rempart_core.model.check import Check, Severity
from rempart_core.model.parameter import CheckValues, Value, Values, parse, validate
from rempart_core.model.profile import Profile, Selector
from rempart_core.model.result import Exclusion
from rempart_core.suggestion import find_near, show, suggest
from rempart_core.text import Text

CLOCK = "controller_now"
"""The parameter that takes the controller's time where nobody gave one: a machine can't ask itself."""
_FRENCH = {"critical": "critique", "high": "élevée", "medium": "moyenne", "low": "faible", "info": "info"}


class Decision(NamedTuple):
    """What a profile decides on one check.

    Attributes:
        taken: Whether it is selected.
        reason: Why the profile leaves it out; None where it is taken, or where nothing selects it.
    """

    taken: bool
    reason: Text | None = None


class Selected(NamedTuple):
    """One check of a run.

    Attributes:
        check: The check.
        severity: The one in force.
        parameters: A valid value for each declared parameter, in the order of the declarations.
    """

    check: Check
    severity: Severity
    parameters: dict[str, Value]

    @property
    def defaults(self) -> dict[str, Value]:
        """Return the check's own values of the parameters that have another one in force."""
        declared = self.check.parameters
        return {
            name: declared[name].default
            for name, value in self.parameters.items()
            if name in declared and name != CLOCK and value != declared[name].default
        }


def select(
    checks: Sequence[Check],
    profile: Profile,
    platform: str,
    globs: Sequence[str] = (),
    parameters: Mapping[str, Values] = {},
) -> tuple[list[Selected], tuple[Exclusion, ...]]:
    """Return the checks that the profile selects, by id, and those that it leaves out with its reasons.

    A check without a block for the platform is selected as any other: the run says that it does not apply. A check that
    was replaced is not.

    Args:
        checks: All that were read.
        profile: What selects.
        platform: The target's; no part of the choice, see above.
        globs: Keep only these of the profile's: ids or areas, with wildcards; a text may hold several, comma separated.
        parameters: Check id to given values, which take precedence over the profile's and the check's default.

    Raises:
        UsageError: A glob takes no check, nothing is left, or a given value is not valid.
    """
    _expect_known(checks, parameters)
    decisions = [(check, decide(profile, check)) for check in sorted(checks, key=_order)]
    named = [(check, decision.reason) for check, decision in decisions if decision.taken or decision.reason]
    wanted = [word for text in globs for word in (part.strip() for part in text.split(",")) if word]
    if globs and not wanted:
        raise UsageError("the selection of checks is empty")
    for word in wanted:
        _expect_match(word, named, checks, profile)
    if wanted:
        named = [(check, reason) for check, reason in named if any(_matches(word, check) for word in wanted)]
    selected = [
        Selected(check, _severity(profile, check), resolve_values(check, profile, parameters.get(check.id, {})))
        for check, reason in named
        if reason is None
    ]
    if not selected:
        raise UsageError(f"the profile {show(profile.name)} selects no check" + (" of these" if wanted else ""))
    return selected, tuple(Exclusion(check.id, reason) for check, reason in named if reason is not None)


def note_changes(selected: Sequence[Selected], profile: Profile) -> tuple[Text, ...]:
    """Return what a report says of the severities that the profile changed, with the reasons."""
    notes = []
    for one in selected:
        change = profile.severities.get(one.check.id)
        if change is not None and change.severity is not one.check.severity:
            new, old = change.severity.value, one.check.severity.value
            en = f"the profile rates {one.check.id} {new} instead of {old}"
            fr = f"le profil donne à {one.check.id} la gravité {_FRENCH[new]} au lieu de {_FRENCH[old]}"
            notes.append(Text(f"{en}: {change.reason.en}", f"{fr} : {change.reason.fr}"))
    return tuple(notes)


def resolve_values(check: Check, profile: Profile, given: Values) -> dict[str, Value]:
    """Return the values in force: the given one, else the profile's, else the check's default.

    Raises:
        UsageError: One is not valid.
    """
    own = profile.parameters.get(check.id, {})
    values = {}
    for name, parameter in check.parameters.items():
        value = given.get(name, own.get(name, parameter.default))
        try:
            values[name] = validate(parameter, value)
        except ValueError as error:
            raise UsageError(f"the value of {check.id}.{name}: {error}") from error
    return values


def parse_assignments(checks: Sequence[Check], texts: Sequence[str]) -> dict[str, dict[str, Value]]:
    """Return the values of assignments such as ``DSK-01.max_age_days=14``: check id to name to value.

    Raises:
        UsageError: One is no assignment, names what does not exist, stands twice, or its value is not valid.
    """
    by_id = {check.id: check for check in checks}
    given: dict[str, dict[str, Value]] = {}
    for text in texts:
        place, equals, value = text.partition("=")
        id_, dot, name = (part.strip() for part in place.partition("."))
        if not equals or not dot:
            raise UsageError(f"{show(text)} is no assignment: write CHECK.NAME=VALUE, like DSK-01.max_age_days=14")
        check = by_id.get(id_.upper())
        if check is None:
            raise UsageError(f"{show(text)}: no check has the id {show(id_)}{suggest(id_, by_id)}")
        if name not in check.parameters:
            raise UsageError(f"{show(text)}: {check.id} has no parameter {show(name)}{suggest(name, check.parameters)}")
        if name in given.get(check.id, {}):
            raise UsageError(f"{show(text)}: {check.id}.{name} is given twice")
        try:
            given.setdefault(check.id, {})[name] = parse(check.parameters[name], value)
        except ValueError as error:
            raise UsageError(f"{show(text)}: {error}") from error
    return given


def default_profile(role: str) -> str:
    """Return the name of the profile for a role: each role has one of its name."""
    return role


def find_profile(profiles: Sequence[Profile], name: str) -> Profile:
    """Return the profile of that name.

    Raises:
        UsageError: There is none; the text lists those that there are.
    """
    for profile in profiles:
        if profile.name == name:
            return profile
    names = sorted(profile.name for profile in profiles)
    near = find_near(name, names, most=1)
    meant = f"did you mean {show(near[0])}? " if near else ""
    raise UsageError(f"there is no profile {show(name)}: {meant}there are {', '.join(names) or 'none at all'}")


def _order(check: Check) -> tuple[str, int]:
    prefix, _, number = check.id.rpartition("-")
    return prefix, int(number)


def decide(profile: Profile, check: Check) -> Decision:
    """Return whether the profile selects the check, itself or by a profile that it extends.

    A check that one parent leaves out is taken where another parent, or the profile itself, selects it.
    """
    if check.replaced_by:
        return Decision(taken=False)
    severity = _severity(profile, check)
    taken = profile.takes is not None and fits(profile.takes, check, severity)
    reason = None
    for parent in profile.parents:
        theirs = decide(parent, check)
        taken = taken or theirs.taken
        reason = reason or theirs.reason
    if profile.only is not None and not fits(profile.only, check, severity):
        return Decision(taken=False)
    if check.id in profile.exclude and (taken or reason):
        return Decision(taken=False, reason=profile.exclude[check.id])
    return Decision(taken, None if taken else reason)


def fits(selector: Selector, check: Check, severity: Severity) -> bool:
    """Tell whether a check is what the selector asks for; ``severity`` is the one in force."""
    return (
        (not selector.roles or selector.all or not set(selector.roles).isdisjoint(check.roles))
        and (not selector.areas or check.area in selector.areas)
        and (not selector.severity or severity in selector.severity)
        and (not selector.checks or any(matches(glob, check.id) for glob in selector.checks))
        and (not selector.frameworks or not set(selector.frameworks).isdisjoint(check.controls))
        and (not selector.controls or _contributes(check, selector.controls))
    )


def _contributes(check: Check, controls: Mapping[str, Sequence[str]]) -> bool:
    return any(
        matches(glob, requirement)
        for framework, globs in controls.items()
        for requirement in check.controls.get(framework, ())
        for glob in globs
    )


def _severity(profile: Profile, check: Check) -> Severity:
    change = profile.severities.get(check.id)
    return change.severity if change else check.severity


def matches(glob: str, text: str) -> bool:
    """Tell whether a text is what the glob (``*``, ``?``, ``[…]``) names, whatever the case."""
    if not any(sign in glob for sign in "*?["):
        return text.lower() == glob.lower()
    from fnmatch import fnmatchcase

    return fnmatchcase(text.lower(), glob.lower())


def _matches(word: str, check: Check) -> bool:
    return matches(word, check.id) or matches(word, check.area)


def _expect_match(
    word: str, named: Sequence[tuple[Check, Text | None]], checks: Sequence[Check], profile: Profile
) -> None:
    """Refuse a glob that takes none of the profile's checks: what was asked for would be passed over in silence."""
    left_out = [(check, reason) for check, reason in named if _matches(word, check)]
    if any(reason is None for _, reason in left_out):
        return
    for check, reason in left_out:
        raise UsageError(f"the profile {show(profile.name)} leaves out {check.id}: {reason.en if reason else ''}")
    others = [check for check in checks if _matches(word, check)]
    current = [check for check in others if not check.replaced_by]
    if current:
        which = f"{word}: {current[0].id} is" if word.upper() != current[0].id else f"{word} is"
        message = f"{which} not in the profile {show(profile.name)}: take another one, such as --profile all"
        raise UsageError(message)
    if others:
        raise UsageError(f"{others[0].id} was replaced by {others[0].replaced_by}")
    names = [*(check.id for check in checks), *dict.fromkeys(check.area for check in checks)]
    raise UsageError(f"no check matches {show(word)}{suggest(word, names)}")


def _expect_known(checks: Sequence[Check], parameters: CheckValues) -> None:
    by_id = {check.id: check for check in checks}
    for id_, values in parameters.items():
        if id_ not in by_id:
            raise UsageError(f"parameters: no check has the id {show(id_)}{suggest(id_, by_id)}")
        declared = by_id[id_].parameters
        for name in values:
            if name not in declared:
                raise UsageError(f"parameters: {id_} has no parameter {show(name)}{suggest(name, declared)}")


def digest_of(selection: Sequence[Selected]) -> str:
    """Return the digest, in hex, over the content that a selection is judged with."""
    from rempart_core import digest

    total = digest.new()
    for selected in selection:
        values: list[Any] = sorted((k, repr(v)) for k, v in selected.parameters.items())
        total.update(repr((selected.check.id, selected.check.digest, selected.severity.value, values)).encode())
    return str(total.hexdigest())
