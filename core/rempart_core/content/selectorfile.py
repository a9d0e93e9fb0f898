"""The keys of a profile that select checks, on the profile's own level and below ``only``."""

from collections.abc import Mapping, Sequence

from rempart_core.content.reader import Reader
from rempart_core.content.yamlfile import Node
from rempart_core.messages.message import Message
from rempart_core.model.check import ROLES, Check, Severity
from rempart_core.model.profile import Selector
from rempart_core.model.selection import matches
from rempart_core.suggestion import quoted, suggestion_of

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
        checks=_read_globs(reader, fields.get("checks"), [check.id for check in checks]),
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
        controls[framework] = _read_globs(reader, globs, named[framework], framework)
    if node is not None and not controls:
        reader.report(node, Message("content.controls", example='{gdpr: ["32*"]}'), what="controls")
    return controls


def _read_globs(reader: Reader, node: Node | None, known: Sequence[str], framework: str = "") -> tuple[str, ...]:
    """Read globs of checks, or of the requirements of a framework, and report each that matches none of ``known``."""
    what = f"controls.{framework}" if framework else "checks"
    globs = reader.texts(node, what, least=1)
    for item, glob in zip(reader.items(node, what), globs, strict=False) if globs else ():
        if not glob or any(matches(glob, name) for name in known):
            continue
        hint = suggestion_of(glob, known)
        if framework:
            said = Message("content.no_match_of", framework=framework, glob=quoted(glob), hint=hint)
        else:
            said = Message("content.no_match", glob=quoted(glob), hint=hint)
        reader.report(item, said, what=what)
    return globs
