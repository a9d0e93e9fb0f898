"""The steps of a fix: reads ``remediation.steps`` of a check file, for each system a list of words and commands."""

from collections.abc import Iterable

from rempart_core.content.reader import Reader
from rempart_core.content.yamlfile import Node
from rempart_core.model.check import FAMILIES, STEP_SYSTEMS, Step
from rempart_core.suggestion import show

MOST = 300
"""Characters of a step in words, in each language: what is longer is two steps."""


def read_steps(reader: Reader, node: Node | None, platforms: Iterable[str]) -> tuple[tuple[str, tuple[Step, ...]], ...]:
    """Read the steps of each system.

    Each platform that the check has must have steps, and each system that has steps must belong to one.

    Args:
        reader: Takes the mistakes.
        node: What stands behind ``steps``.
        platforms: The platforms of the check.
    """
    what = "remediation.steps"
    fields = reader.fields(node, STEP_SYSTEMS, what=what)
    found = []
    for system in STEP_SYSTEMS:
        if system in fields:
            items = reader.items(fields[system], f"{what}.{system}", least=1)
            found.append((system, tuple(_read_step(reader, item, f"{what}.{system}") for item in items)))
    if node is None or reader.mistakes:
        return tuple(found)
    _expect_systems(reader, node, list(platforms), fields)
    return tuple(found)


def _expect_systems(reader: Reader, node: Node, platforms: list[str], fields: dict[str, Node]) -> None:
    for system, there in fields.items():
        platform = "linux" if system in FAMILIES else system
        if platform != "any" and platform not in platforms:
            reader.report(there, f"remediation.steps.{system}: the check is not asked on {platform}")
    for platform in platforms:
        systems = {platform, "any"} & fields.keys()
        if platform == "linux" and not systems:
            lacking = [family for family in FAMILIES if family not in fields]
            if lacking:
                said = f"no steps for {', '.join(lacking)}: write them, or linux for all that have none of their own"
                reader.report(node, f"remediation.steps: {said}")
        elif not systems:
            reader.report(node, f"remediation.steps: no steps for {platform}, where the check is asked")


def _read_step(reader: Reader, node: Node, what: str) -> Step:
    fields = reader.fields(node, ("en", "fr", "command"), what=what)
    if "command" in fields:
        if len(fields) > 1:
            reader.report(node, f"{what}: a command stands alone: write its words as a step before or after it")
        command = reader.text(fields["command"], f"{what}.command")
        _expect_command(reader, fields["command"], command, what)
        return Step(command=command)
    text = reader.translation(node, what, reader.line)
    for language, said in zip(("en", "fr"), text, strict=True):
        if len(said) > MOST:
            reader.report(
                fields[language], f"{what}.{language}: {len(said)} characters, at most {MOST}: make two steps of it"
            )
    return Step(text)


def _expect_command(reader: Reader, node: Node, command: str, what: str) -> None:
    """Refuse what no shell takes as it stands: typographic characters come with words."""
    odd = next((character for character in command if not character.isascii()), "")
    if odd:
        reader.report(node, f"{what}.command: {show(odd)} is no character of a command: words are a step of their own")
    elif len(command) > 2 and command[0] == command[-1] == "`":
        reader.report(node, f"{what}.command: write it without the backticks around it")
