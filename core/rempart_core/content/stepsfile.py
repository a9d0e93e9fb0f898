"""The steps of a fix: reads ``remediation.steps`` of a check file, for each system a list of words and commands."""

from collections.abc import Iterable

from rempart_core.content.reader import Reader
from rempart_core.content.yamlfile import Node
from rempart_core.messages.message import Message
from rempart_core.model.check import FAMILIES, STEP_SYSTEMS, Step
from rempart_core.suggestion import quoted

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
            not_asked = Message("checkfile.not_asked_on", platform=platform)
            reader.report(there, not_asked, what=f"remediation.steps.{system}")
    for platform in platforms:
        systems = {platform, "any"} & fields.keys()
        if platform == "linux" and not systems:
            lacking = [family for family in FAMILIES if family not in fields]
            if lacking:
                said = Message("checkfile.no_steps_linux", families=", ".join(lacking))
                reader.report(node, said, what="remediation.steps")
        elif not systems:
            reader.report(node, Message("checkfile.no_steps", platform=platform), what="remediation.steps")


def _read_step(reader: Reader, node: Node, what: str) -> Step:
    fields = reader.fields(node, ("en", "fr", "command"), what=what)
    if "command" in fields:
        if len(fields) > 1:
            reader.report(node, Message("checkfile.command_alone"), what=what)
        command = reader.text(fields["command"], f"{what}.command")
        _expect_command(reader, fields["command"], command, what)
        return Step(command=command)
    text = reader.translation(node, what, reader.line)
    for language, said in zip(("en", "fr"), text, strict=True):
        if len(said) > MOST:
            too_long = Message("checkfile.step_long", count=str(len(said)), most=str(MOST))
            reader.report(fields[language], too_long, what=f"{what}.{language}")
    return Step(text)


def _expect_command(reader: Reader, node: Node, command: str, what: str) -> None:
    """Refuse what no shell takes as it stands: typographic characters come with words."""
    odd = next((character for character in command if not character.isascii()), "")
    if odd:
        reader.report(node, Message("checkfile.command_character", character=quoted(odd)), what=f"{what}.command")
    elif len(command) > 2 and command[0] == command[-1] == "`":
        reader.report(node, Message("checkfile.backticks"), what=f"{what}.command")
