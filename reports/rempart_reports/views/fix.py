"""How a finding is fixed, for a reader: words and commands apart, of the host's own system."""

from typing import NamedTuple

from rempart_core.model.check import Remediation
from rempart_core.model.fix_steps import SYSTEM_NAMES
from rempart_core.typography import typeset
from rempart_reports.writing.evidence import flow


class FixPart(NamedTuple):
    """One thing that a reader is told of a fix.

    Attributes:
        kind: ``system`` (the name of a system whose steps follow), ``text`` or ``command``.
        text: What it says; a command may have several lines. It stands in a document, so it is not trusted.
    """

    kind: str
    text: str


def list_fix(remediation: Remediation, language: str) -> list[FixPart]:
    """Return what a reader is told of a fix: the steps in their order, or the one text that there is.

    Args:
        remediation: The check's.
        language: ``en`` or ``fr``.
    """
    if not remediation.steps:
        text = typeset(remediation.manual.get(language), language)
        return [FixPart("text", flow(text) or text)] if text else []
    parts = []
    for system, steps in remediation.steps:
        if len(remediation.steps) > 1:
            named = SYSTEM_NAMES.get(system)
            parts.append(FixPart("system", named.get(language) if named else system))
        for step in steps:
            words = typeset(flow(step.text.get(language)), language)
            parts.append(FixPart("command", step.command) if step.command else FixPart("text", words))
    return parts


def first_step(remediation: Remediation, language: str) -> tuple[str, int]:
    """Return the first step as one line, and how many there are.

    It is the first and not the first command: what has to be seen to before a command stands before it.

    Args:
        remediation: The check's.
        language: ``en`` or ``fr``.
    """
    parts = [part for part in list_fix(remediation, language) if part.kind != "system"]
    if not parts:
        return "", 0
    first = parts[0].text
    line = first.splitlines()[0].strip() if parts[0].kind == "command" else flow(first)
    return line, len(parts)
