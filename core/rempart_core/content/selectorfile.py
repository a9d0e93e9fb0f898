"""The keys of a profile that select checks, on the profile's own level and below ``only``."""

from collections.abc import Mapping, Sequence

from rempart_core.content.reader import Reader
from rempart_core.content.yamlfile import Node
from rempart_core.messages.message import Message
from rempart_core.model.check import ROLES, Check, Severity
from rempart_core.model.profile import Selector
from rempart_core.model.selection import matches
from rempart_core.suggestion import show, suggest

NARROWING = ("roles", "areas", "severity", "checks", "frameworks", "controls")
SELECTING = ("all", *NARROWING)


def read_selector(reader: Reader, fields: Mapping[str, Node], checks: Sequence[Check]) -> Selector | None:
    """Read a selector; mistakes go to the reader.

    Args:
        reader: Of the profile's file.
        fields: The nodes of the keys that are there; keys that select nothing are passed over.
        checks: What may be selected.

    Returns:
        None where none of :data:`SELECTING` is there.
    """
    named = {
        framework: [id_ for check in checks for id_ in check.controls.get(framework, ())]
        for framework in _frameworks(checks)
    }
    severities = reader.choices(fields.get("severity"), "severity", [one.value for one in Severity], least=1)
    selector = Selector(
        all=reader.flag(fields.get("all"), "all", otherwise=False),
        roles=reader.choices(fields.get("roles"), "roles", ROLES, least=1),
        areas=reader.choices(fields.get("areas"), "areas", sorted({check.area for check in checks}), least=1),
        severity=tuple(Severity(one) for one in severities if one),
        checks=_read_globs(reader, fields.get("checks"), "checks", [check.id for check in checks], "no check matches"),
        frameworks=reader.choices(fields.get("frameworks"), "frameworks", list(named), least=1),
        controls=_read_controls(reader, fields.get("controls"), named),
    )
    if selector.all and selector.roles:
        reader.report(fields["all"], Message("content.all_and_roles"), what="all")
    return selector if any(key in fields for key in SELECTING) else None


def _frameworks(checks: Sequence[Check]) -> list[str]:
    return sorted({framework for check in checks for framework in check.controls})


def _read_controls(reader: Reader, node: Node | None, named: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    controls = {}
    for framework, globs in reader.fields(node, list(named), what="controls").items():
        none = f"no check contributes to a requirement of {framework} that matches"
        controls[framework] = _read_globs(reader, globs, f"controls.{framework}", named[framework], none)
    if node is not None and not controls:
        reader.report(node, 'controls: expected a framework and globs of its requirements, like {gdpr: ["32*"]}')
    return controls


def _read_globs(reader: Reader, node: Node | None, what: str, known: Sequence[str], none: str) -> tuple[str, ...]:
    globs = reader.texts(node, what, least=1)
    for item, glob in zip(reader.items(node, what), globs, strict=False) if globs else ():
        if glob and not any(matches(glob, name) for name in known):
            reader.report(item, f"{what}: {none} {show(glob)}{suggest(glob, known)}")
    return globs
