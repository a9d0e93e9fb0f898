"""The profile file: reads ``profiles/<name>.yaml`` of directories of checks.

All mistakes of all files are reported at once, each with file, line and column.
"""

import os
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rempart_core.content.folder import find_all_named
from rempart_core.content.parameterfile import read_given
from rempart_core.content.reader import Reader
from rempart_core.content.selectorfile import NARROWING, SELECTING, read_selector
from rempart_core.content.yamlfile import Items, Node, Scalar, read
from rempart_core.error import ContentError, Mistake
from rempart_core.messages.message import Message
from rempart_core.model.check import Check, Severity
from rempart_core.model.parameter import Value
from rempart_core.model.profile import MAX_WAIVER_DAYS, Change, Profile
from rempart_core.model.selection import decide
from rempart_core.suggestion import quoted, suggestion_of
from rempart_core.text import Text

_JUDGING = ("only", "exclude", "severities", "parameters", "walk", "max_waiver_days", "written_for")
_KEYS = ("title", "extends", *SELECTING, *_JUDGING)
_NAME = "[a-z][a-z0-9]*([.-][a-z0-9]+)*"
_ADVICE = Message("content.profile_name")


class _Draft(NamedTuple):
    """A profile as its file has it: parents by name and place, nothing inherited yet."""

    profile: Profile
    extends: list[tuple[Node, str]]
    reader: Reader
    fields: dict[str, Node]


def read_profiles(directories: Sequence[str], checks: Sequence[Check]) -> list[Profile]:
    """Read every profile of some directories, each laid out like ``checks/``, in the order of directories and names.

    Args:
        directories: Where to look for ``profiles/``; one that has none is passed over.
        checks: All checks that were read: what the profiles may name.

    Raises:
        ContentError: With all mistakes of all files.
    """
    mistakes: list[Mistake] = []
    files = find_all_named(directories, "profiles", _NAME, _ADVICE, mistakes)
    drafts = {name: _read(name, file, checks) for name, file in files.items()}
    profiles: dict[str, Profile] = {}
    for name in drafts:
        _inherit(name, drafts, profiles, ())
    for name, draft in drafts.items():
        _expect_effect(draft, profiles[name], checks)
        mistakes += draft.reader.mistakes
    if mistakes:
        raise ContentError(mistakes)
    return list(profiles.values())


def _read(name: str, file: str, checks: Sequence[Check]) -> _Draft:
    document = read(file)
    reader = Reader(document)
    fields = reader.fields(document.root, _KEYS, ("title",))
    by_id = {check.id: check for check in checks}
    only = reader.fields(fields.get("only"), NARROWING, what="only")
    profile = Profile(
        name=name,
        title=reader.translation(fields.get("title"), "title", reader.line),
        takes=read_selector(reader, fields, checks),
        only=read_selector(reader, only, checks),
        exclude=_read_exclusions(reader, fields.get("exclude"), by_id),
        severities=_read_severities(reader, fields.get("severities"), by_id),
        parameters=read_values(reader, fields.get("parameters"), by_id),
        path=f"checks/profiles/{os.path.basename(file)}",
        walk=reader.flag(fields["walk"], "walk", otherwise=False) if "walk" in fields else None,
        max_waiver_days=_read_days(reader, fields.get("max_waiver_days")),
        written_for=reader.line(fields["written_for"], "written_for") if "written_for" in fields else "",
    )
    if fields and profile.takes is None and "extends" not in fields:
        reader.report(document.root, Message("content.selects_nothing", keys=", ".join(SELECTING)))
    if "only" in fields and not only:
        reader.report(fields["only"], Message("content.only", keys=", ".join(NARROWING)), what="only")
    return _Draft(profile, _read_parents(reader, fields.get("extends")), reader, fields)


def _read_days(reader: Reader, node: Node | None) -> int:
    if node is None:
        return MAX_WAIVER_DAYS
    days = reader.integer(node, "max_waiver_days", least=1)
    if days > MAX_WAIVER_DAYS:
        too_many = Message("content.waiver_days", days=str(days), most=str(MAX_WAIVER_DAYS))
        reader.report(node, too_many, what="max_waiver_days")
    return days


def _read_parents(reader: Reader, node: Node | None) -> list[tuple[Node, str]]:
    if isinstance(node, Scalar):
        return [(node, reader.line(node, "extends"))]
    names = reader.texts(node, "extends", least=1)
    return list(zip(node.nodes, names, strict=True)) if isinstance(node, Items) else []


def _inherit(name: str, drafts: Mapping[str, _Draft], done: dict[str, Profile], below: tuple[str, ...]) -> Profile:
    """Return the profile with what it inherits; ``below`` are the profiles that led here, each extending the next."""
    if name in done:
        return done[name]
    draft = drafts[name]
    parents = []
    line = (*below, name)
    for node, parent in draft.extends:
        if parent in line:
            circle = " → ".join((*line[line.index(parent) :], parent))
            draft.reader.report(node, Message("content.circle", circle=circle), what="extends")
        elif parent in drafts:
            parents.append(_inherit(parent, drafts, done, line))
        elif parent:
            others = [other for other in drafts if other != name]
            hint = suggestion_of(parent, others)
            draft.reader.report(node, Message("content.no_profile", name=quoted(parent), hint=hint), what="extends")
    severities: dict[str, Change] = {}
    parameters: dict[str, dict[str, Value]] = {}
    for one in (*parents, draft.profile):
        severities |= one.severities
        for check, values in one.parameters.items():
            parameters[check] = parameters.get(check, {}) | values
    said = [one.walk for one in (*parents, draft.profile) if one.walk is not None]
    days = draft.profile.max_waiver_days
    if "max_waiver_days" not in draft.fields:
        days = min([parent.max_waiver_days for parent in parents], default=days)
    done[name] = draft.profile._replace(
        parents=tuple(parents),
        severities=severities,
        parameters=parameters,
        walk=(draft.profile.walk if draft.profile.walk is not None else any(said)) if said else None,
        max_waiver_days=days,
        written_for=next((one.written_for for one in (draft.profile, *parents) if one.written_for), ""),
    )
    return done[name]


def _expect_effect(draft: _Draft, profile: Profile, checks: Sequence[Check]) -> None:
    """Refuse severities and values of checks that the profile does not select: they would be believed to count."""
    by_id = {check.id: check for check in checks}
    for key in ("severities", "parameters"):
        for name, _ in draft.reader.entries(draft.fields.get(key), key):
            check = by_id.get(name.text)
            if name.text in profile.exclude:
                draft.reader.report(name, Message("content.excluded", check=name.text), what=key)
            elif check is not None and not decide(profile, check).taken:
                draft.reader.report(name, Message("content.not_selected", check=name.text), what=key)


def _known_entries(
    reader: Reader, node: Node | None, what: str, known: Mapping[str, Check]
) -> list[tuple[Scalar, Node, Check]]:
    """Expect keys that are ids of checks; one that is not known is reported and left out."""
    found = []
    for key, value in reader.entries(node, what):
        if key.text in known:
            found.append((key, value, known[key.text]))
        else:
            hint = suggestion_of(key.text, known)
            reader.report(key, Message("content.no_check", id=quoted(key.text), hint=hint), what=what)
    return found


def _read_exclusions(reader: Reader, node: Node | None, known: Mapping[str, Check]) -> dict[str, Text]:
    return {
        check.id: reader.translation(reason, f"exclude.{check.id}")
        for _, reason, check in _known_entries(reader, node, "exclude", known)
    }


def _read_severities(reader: Reader, node: Node | None, known: Mapping[str, Check]) -> dict[str, Change]:
    changes = {}
    choices = [severity.value for severity in Severity]
    for _, value, check in _known_entries(reader, node, "severities", known):
        what = f"severities.{check.id}"
        both = ("severity", "reason")
        fields = reader.fields(value, both, both, what)
        severity = reader.choice(fields.get("severity"), f"{what}.severity", choices, check.severity.value)
        changes[check.id] = Change(Severity(severity), reader.translation(fields.get("reason"), f"{what}.reason"))
    return changes


def read_values(reader: Reader, node: Node | None, known: Mapping[str, Check]) -> dict[str, dict[str, Value]]:
    """Read parameter values, ``CHECK: {NAME: VALUE}``, each held against the check's declaration.

    Args:
        reader: Takes the mistakes.
        node: The mapping; None for no values.
        known: The checks by id.
    """
    values: dict[str, dict[str, Value]] = {}
    for _, given, check in _known_entries(reader, node, "parameters", known):
        values[check.id] = read_given(reader, given, f"parameters.{check.id}", check)
    return values
