"""The profile file: reads ``profiles/<name>.yaml`` of a directory of checks.

All mistakes of all files are reported at once, each with file, line and column.
"""

import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

from rempart_core.check import ROLES, Check, Severity
from rempart_core.error import ContentError, Mistake
from rempart_core.parameterfile import expect_valid
from rempart_core.profile import Change, Profile
from rempart_core.reader import Reader
from rempart_core.selection import matches
from rempart_core.suggestion import show, suggest
from rempart_core.text import Text
from rempart_core.yamlfile import Node, Scalar, read

_KEYS = ("title", "roles", "all", "areas", "checks", "exclude", "severities", "parameters")
_SELECTING = ("all", "roles", "areas", "checks")


def read_profiles(directories: Sequence[str], checks: Sequence[Check]) -> list[Profile]:
    """Read every profile of some directories, each laid out like ``checks/``, in the order of directories and names.

    Args:
        directories: Where to look for ``profiles/``; one that has none is passed over.
        checks: All checks that were read: what the profiles may name.

    Raises:
        ContentError: With all mistakes of all files.
    """
    mistakes: list[Mistake] = []
    profiles: dict[str, Profile] = {}
    files: dict[str, str] = {}
    for directory in directories:
        for file in _find_profiles(os.path.join(directory, "profiles"), mistakes):
            profile, own = _read(file, checks)
            mistakes += own
            if profile.name in profiles:
                message = f"the name {show(profile.name)} is taken already by {files[profile.name]}"
                mistakes.append(Mistake(file, 0, 0, message))
            else:
                profiles[profile.name], files[profile.name] = profile, file
    if mistakes:
        raise ContentError(mistakes)
    return list(profiles.values())


def _find_profiles(folder: str, mistakes: list[Mistake]) -> list[str]:
    if not os.path.lexists(folder):
        return []
    try:
        names = sorted(name for name in os.listdir(folder) if not name.startswith("."))
    except OSError as error:
        mistakes.append(Mistake(folder, 0, 0, f"can't be read: {error.strerror}"))
        return []
    files = []
    for name in names:
        path = os.path.join(folder, name)
        if name.endswith(".yml"):
            mistakes.append(Mistake(path, 0, 0, f"name it {name[:-4]}.yaml"))
        elif name.endswith(".yaml") and not os.path.isfile(path):
            mistakes.append(Mistake(path, 0, 0, "is no regular file"))
        elif name.endswith(".yaml") and not re.fullmatch("[a-z][a-z0-9]*(-[a-z0-9]+)*", name[:-5]):
            mistakes.append(Mistake(path, 0, 0, "a profile is named in small letters, digits and hyphens"))
        elif name.endswith(".yaml"):
            files.append(path)
    return files


def _read(file: str, checks: Sequence[Check]) -> tuple[Profile, list[Mistake]]:
    document = read(file)
    reader = Reader(document)
    fields = reader.fields(document.root, _KEYS, ("title",))
    by_id = {check.id: check for check in checks}
    profile = Profile(
        name=os.path.basename(file).removesuffix(".yaml"),
        title=reader.translation(fields.get("title"), "title", reader.line),
        roles=reader.choices(fields.get("roles"), "roles", ROLES, least=1),
        all=reader.flag(fields.get("all"), "all", otherwise=False),
        areas=reader.choices(fields.get("areas"), "areas", sorted({check.area for check in checks}), least=1),
        checks=_read_globs(reader, fields.get("checks"), by_id),
        exclude=_read_exclusions(reader, fields.get("exclude"), by_id),
        severities=_read_severities(reader, fields.get("severities"), by_id),
        parameters=_read_values(reader, fields.get("parameters"), by_id),
        path=f"checks/profiles/{os.path.basename(file)}",
    )
    if fields and not any(key in fields for key in _SELECTING):
        reader.report(document.root, f"selects nothing: expected one of {', '.join(_SELECTING)}")
    if profile.all and profile.roles:
        reader.report(fields["all"], "all: it takes every check, so roles have no effect: leave one of them out")
    for key in ("severities", "parameters"):
        for name, _ in reader.entries(fields.get(key), key):
            if name.text in profile.exclude:
                reader.report(name, f"{key}: {name.text} is left out by exclude, so this has no effect")
    return profile, reader.mistakes


def _read_globs(reader: Reader, node: Node | None, known: Mapping[str, Check]) -> tuple[str, ...]:
    globs = reader.texts(node, "checks", least=1)
    for item, glob in zip(reader.items(node, "checks"), globs, strict=False) if globs else ():
        if glob and not any(matches(glob, id_) for id_ in known):
            reader.report(item, f"checks: no check matches {show(glob)}{suggest(glob, known)}")
    return globs


def _known_entries(
    reader: Reader, node: Node | None, what: str, known: Mapping[str, Check]
) -> list[tuple[Scalar, Node, Check]]:
    """Expect keys that are ids of checks; one that is not known is reported and left out."""
    found = []
    for key, value in reader.entries(node, what):
        if key.text in known:
            found.append((key, value, known[key.text]))
        else:
            reader.report(key, f"{what}: no check has the id {show(key.text)}{suggest(key.text, known)}")
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


def _read_values(reader: Reader, node: Node | None, known: Mapping[str, Check]) -> dict[str, dict[str, Any]]:
    values: dict[str, dict[str, Any]] = {}
    for _, given, check in _known_entries(reader, node, "parameters", known):
        values[check.id] = {}
        for key, value in reader.entries(given, f"parameters.{check.id}"):
            what = f"parameters.{check.id}.{key.text}"
            if key.text not in check.parameters:
                message = f"{check.id} has no parameter {show(key.text)}{suggest(key.text, check.parameters)}"
                reader.report(key, message)
                continue
            before = len(reader.mistakes)
            plain = reader.value(value, what)
            if len(reader.mistakes) == before:
                values[check.id][key.text] = expect_valid(reader, value, what, check.parameters[key.text], plain)
    return values
