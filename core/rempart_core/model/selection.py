"""The selection: which checks a run asks, how severe each is, and the parameter values in force."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from rempart_core.error import UsageError
from rempart_core.messages.message import Message, message_of, own
from rempart_core.model.catalogue import Catalogue
from rempart_core.model.check import LEVELS, ORGANISATION, Check, Severity
from rempart_core.model.parameter import CheckValues, Value, Values, parse, validate
from rempart_core.model.profile import Profile, Selector
from rempart_core.model.result import Exclusion
from rempart_core.suggestion import find_near, quoted, suggestion_of
from rempart_core.text import NOTHING, Text
from rempart_core.typography import COLON

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
    was replaced is not. An organisation is asked its own checks alone, and a machine none of these, whatever the
    profile.

    Args:
        checks: All that were read.
        profile: What selects.
        platform: The target's; only ``organisation`` is a part of the choice, see above.
        globs: Keep only these of the profile's: ids or areas, with wildcards; a text may hold several, comma separated.
        parameters: Check id to given values, which take precedence over the profile's and the check's default.

    Raises:
        UsageError: A glob takes no check, nothing is left, or a given value is not valid.
    """
    if parameters:
        _expect_known(checks, parameters)
    wanted = [word for text in globs for word in (part.strip() for part in text.split(",")) if word]
    if globs and not wanted:
        raise UsageError(Message("select.empty"))
    asked = platform == ORGANISATION
    own = [one for one in _narrow(checks, wanted, organisation=asked) if (ORGANISATION in one.roles) is asked]
    decisions = [
        (check, decide(profile, check, named=any(matches(word, check.id) for word in wanted)))
        for check in sorted(own, key=_order)
    ]
    named = [(check, decision.reason) for check, decision in decisions if decision.taken or decision.reason]
    for word in wanted:
        _expect_match(word, named, checks, profile, platform)
    selected = [
        Selected(check, _severity(profile, check), resolve_values(check, profile, parameters.get(check.id, {})))
        for check, reason in named
        if reason is None
    ]
    if not selected:
        name = quoted(profile.name)
        if wanted:
            raise UsageError(Message("select.nothing_of_these", profile=name))
        raise UsageError(Message("select.nothing_in_profile", profile=name))
    return selected, tuple(Exclusion(check.id, reason) for check, reason in named if reason is not None)


def note_changes(selected: Sequence[Selected], profile: Profile) -> tuple[Text, ...]:
    """Return what a report says of the severities that the profile changed, with the reasons.

    Args:
        selected: The checks that are asked.
        profile: By which they were selected.
    """
    notes = []
    for one in selected:
        change = profile.severities.get(one.check.id)
        if change is not None and change.severity is not one.check.severity:
            new, old = change.severity.value, one.check.severity.value
            en = f"the profile rates {one.check.id} {new} instead of {old}"
            fr = f"le profil donne à {one.check.id} la gravité {_FRENCH[new]} au lieu de {_FRENCH[old]}"
            notes.append(Text(f"{en}: {change.reason.en}", f"{fr}{COLON}{change.reason.fr}"))
    return tuple(notes)


def resolve_values(check: Check, profile: Profile, given: Values) -> dict[str, Value]:
    """Return the values in force: the given one, else the profile's, else the check's default.

    Args:
        check: The check.
        profile: The profile in force.
        given: Values from the command line or the inventory, by name.

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
            raise UsageError(Message("select.value_of", check=check.id, name=name, error=message_of(error))) from error
    return values


def parse_assignments(checks: Sequence[Check], texts: Sequence[str]) -> dict[str, dict[str, Value]]:
    """Return the values of assignments such as ``DSK-01.max_age_days=14``: check id to name to value.

    Args:
        checks: All that may be meant.
        texts: The assignments as they were written.

    Raises:
        UsageError: One is no assignment, names what does not exist, stands twice, or its value is not valid.
    """
    by_id = {check.id: check for check in checks} if texts else {}
    given: dict[str, dict[str, Value]] = {}
    for text in texts:
        place, equals, value = text.partition("=")
        id_, dot, name = (part.strip() for part in place.partition("."))
        if not equals or not dot:
            raise UsageError(Message("select.assignment", text=quoted(text)))
        check = by_id.get(id_.upper())
        if check is None:
            known = suggestion_of(id_, by_id)
            raise UsageError(Message("select.no_check_id", text=quoted(text), id=quoted(id_), hint=known))
        if name not in check.parameters:
            known = suggestion_of(name, check.parameters)
            raise UsageError(
                Message("select.no_parameter", text=quoted(text), check=check.id, name=quoted(name), hint=known)
            )
        if name in given.get(check.id, {}):
            raise UsageError(Message("select.twice", text=quoted(text), check=check.id, name=name))
        try:
            given.setdefault(check.id, {})[name] = parse(check.parameters[name], value)
        except ValueError as error:
            raise UsageError(Message("select.wrong_value", text=quoted(text), error=message_of(error))) from error
    return given


def default_profile(role: str) -> str:
    """Return the name of the profile for a role: each role has one of its name."""
    return role


def find_profile(profiles: Sequence[Profile], name: str) -> Profile:
    """Return the profile of that name.

    Args:
        profiles: All that there are.
        name: Its name, letter by letter.

    Raises:
        UsageError: There is none; the text lists those that there are.
    """
    for profile in profiles:
        if profile.name == name:
            return profile
    names = sorted(profile.name for profile in profiles)
    if not names:
        raise UsageError(Message("select.no_profiles", name=quoted(name)))
    near = find_near(name, names, most=1)
    hint = suggestion_of(name, names) if near else Message("text.nothing")
    raise UsageError(Message("select.no_profile", name=quoted(name), hint=hint, names=", ".join(names)))


def _order(check: Check) -> tuple[str, int]:
    prefix, _, number = check.id.rpartition("-")
    return prefix, int(number)


def decide(profile: Profile, check: Check, *, named: bool = False) -> Decision:
    """Return whether the profile selects the check, itself or by a profile that it extends.

    A check that one parent leaves out is taken where another parent, or the profile itself, selects it.

    Args:
        profile: The profile.
        check: The check.
        named: Whether the user named the check: then its level is no reason to leave it out.
    """
    if check.replaced_by:
        return Decision(taken=False)
    severity = _severity(profile, check)
    taken = profile.takes is not None and fits(profile.takes, check, severity)
    taken = taken and (named or _reaches(profile.takes, check))
    reason = None
    for parent in profile.parents:
        theirs = decide(parent, check, named=named)
        taken = taken or theirs.taken
        reason = reason or theirs.reason
    if profile.only is not None and not fits(profile.only, check, severity):
        return Decision(taken=False)
    if check.id in profile.exclude and (taken or reason):
        return Decision(taken=False, reason=profile.exclude[check.id])
    return Decision(taken, None if taken else reason)


def fits(selector: Selector, check: Check, severity: Severity) -> bool:
    """Tell whether a check is what the selector asks for; ``severity`` is the one in force.

    Args:
        selector: What is asked for; a part of it that is empty asks for nothing.
        check: The check.
        severity: The check's in the profile.
    """
    return (
        (not selector.roles or selector.all or not set(selector.roles).isdisjoint(check.roles))
        and (not selector.areas or check.area in selector.areas)
        and (not selector.severity or severity in selector.severity)
        and (not selector.checks or any(matches(glob, check.id) for glob in selector.checks))
        and (not selector.frameworks or not set(selector.frameworks).isdisjoint(check.controls))
        and (not selector.controls or _contributes(check, selector.controls))
    )


def _reaches(selector: Selector | None, check: Check) -> bool:
    """Tell whether a selector reaches the check's level: beyond the base, checks are named, or all are meant."""
    return check.level == LEVELS[0] or (selector is not None and (selector.all or bool(selector.checks)))


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
    """Tell whether a text is what the glob (``*``, ``?``, ``[…]``) names, whatever the case.

    Args:
        glob: The pattern; without one of these signs it is the text itself.
        text: What is compared.
    """
    if not any(sign in glob for sign in "*?["):
        return text.lower() == glob.lower()
    from fnmatch import fnmatchcase

    return fnmatchcase(text.lower(), glob.lower())


def _narrow(checks: Sequence[Check], wanted: Sequence[str], *, organisation: bool) -> Sequence[Check]:
    """Return the checks that some word takes, all where there is none; a machine's without the area of organisations.

    That area holds no check of machines, so these need not be made to know it.
    """

    def fits(id_: str, area: str) -> bool:
        if area == ORGANISATION and not organisation:
            return False
        return not wanted or any(matches(word, id_) or matches(word, area) for word in wanted)

    return checks.pick(fits) if isinstance(checks, Catalogue) else [one for one in checks if fits(one.id, one.area)]


def _matches(word: str, check: Check) -> bool:
    return matches(word, check.id) or matches(word, check.area)


def _expect_match(
    word: str, named: Sequence[tuple[Check, Text | None]], checks: Sequence[Check], profile: Profile, platform: str
) -> None:
    """Refuse a glob that takes none of the profile's checks: what was asked for would be passed over in silence."""
    left_out = [(check, reason) for check, reason in named if _matches(word, check)]
    if any(reason is None for _, reason in left_out):
        return
    for check, reason in left_out:
        why = own(reason or NOTHING)
        raise UsageError(Message("select.excluded", profile=quoted(profile.name), check=check.id, reason=why))
    others = [check for check in checks if _matches(word, check)]
    current = [check for check in others if not check.replaced_by]
    others_target = [check for check in current if (ORGANISATION in check.roles) is not (platform == ORGANISATION)]
    if current and others_target == current:
        asked = platform == ORGANISATION
        told = (
            Message("select.of_machines", word=quoted(word))
            if asked
            else Message("select.of_organisation", word=quoted(word))
        )
        raise UsageError(told)
    if current:
        which = f"{word}: {current[0].id}" if word.upper() != current[0].id else word
        raise UsageError(Message("select.other_profile", check=which, profile=quoted(profile.name)))
    if others:
        raise UsageError(Message("select.replaced", check=others[0].id, new=others[0].replaced_by))
    names = [*(check.id for check in checks), *dict.fromkeys(check.area for check in checks)]
    raise UsageError(Message("select.no_match", word=quoted(word), hint=suggestion_of(word, names)))


def _expect_known(checks: Sequence[Check], parameters: CheckValues) -> None:
    by_id = {check.id: check for check in checks}
    for id_, values in parameters.items():
        if id_ not in by_id:
            raise UsageError(Message("select.no_check_id_given", id=quoted(id_), hint=suggestion_of(id_, by_id)))
        declared = by_id[id_].parameters
        for name in values:
            if name not in declared:
                hint = suggestion_of(name, declared)
                raise UsageError(Message("select.no_parameter_given", check=id_, name=quoted(name), hint=hint))


def digest_of(selection: Sequence[Selected]) -> str:
    """Return the digest, in hex, over the content that a selection is judged with."""
    from rempart_core import digest

    total = digest.new()
    for selected in selection:
        values: list[Any] = sorted((k, repr(v)) for k, v in selected.parameters.items())
        total.update(repr((selected.check.id, selected.check.digest, selected.severity.value, values)).encode())
    return str(total.hexdigest())
