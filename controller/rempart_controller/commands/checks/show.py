"""The command ``rempart checks show``."""

import argparse
from typing import NamedTuple

from rempart_agent.cli.language import option_help, words
from rempart_controller.commands.checks.chosen import Chosen, add_own, find
from rempart_controller.commands.options.output import add_language
from rempart_core.error import UsageError
from rempart_core.messages.message import Message, own
from rempart_core.messages.say import say as say_in
from rempart_core.model.check import BLOCKS, Check
from rempart_core.model.parameter import Parameter
from rempart_core.text import NOTHING, clean
from rempart_core.typography import typeset


class ShowRequest(NamedTuple):
    """One check is to be shown.

    Attributes:
        check: Which.
        sql: Whether its statements alone are wanted.
        platform: Of which platform; ``""`` for linux, or the only one that it is asked on.
        language: ``en`` or ``fr``.
    """

    check: Chosen
    sql: bool
    platform: str
    language: str


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("command.show_long")
    add_own(parser)
    parser.add_argument("id", metavar="ID")
    parser.add_argument("--sql", action="store_true", help=option_help("help.show_sql"))
    parser.add_argument("--platform", choices=list(BLOCKS), default="")
    add_language(parser)


def request(options: argparse.Namespace) -> ShowRequest:
    """See Command.request."""
    return ShowRequest(Chosen((options.id,), tuple(options.checks_dir)), options.sql, options.platform, options.lang)


def run(request: ShowRequest) -> int:
    """Print what one check asks.

    Raises:
        UsageError: The check is not asked on the platform.
    """
    from rempart_core.model.parameter import bind

    found = find(request.check)
    check, directories = found.checks[0], found.directories
    defaults = {p.name: p.default for p in check.parameters.values()}
    if request.sql:
        only = next(iter(check.platforms)) if len(check.platforms) == 1 else "linux"
        platform = request.platform or only
        block = check.platforms.get(platform)
        if block is None:
            raise UsageError(
                Message(
                    "checks.other_platform",
                    check=check.id,
                    platform=platform,
                    platforms=", ".join(check.platforms),
                )
            )
        for kind, sql in block.statements():
            print(f"-- {check.id} {platform} {kind}")
            print(bind(sql, check.parameters, defaults).strip() + ";")
        return 0
    say = clean
    language = request.language
    french = language == "fr"
    between = typeset(" : " if french else ": ", language)
    from rempart_reports.writing.translation import name, severity_name

    print(f"{check.id}  {say(check.title.get(language))}")
    roles = ", ".join(name(role, language) for role in check.roles) if french else ", ".join(check.roles)
    print(f"  {severity_name(check.severity, language)}, {check.area}, {roles}, {', '.join(check.platforms)}")
    print(f"  {say(check.rationale.get(language))}")
    print(f"\n{words('checks.not_examined')}")
    for line in describe_scope(check, language):
        print(f"  {say(line)}")
    if check.parameters:
        from rempart_core.content.datafile import read_data_files

        print(f"\n{words('checks.parameters')}")
        lists = read_data_files(directories) if any(one.data for one in check.parameters.values()) else {}
        for one in check.parameters.values():
            for line in describe_parameter(one, language):
                print(f"  {say(line)}")
            if one.data in lists:
                of = lists[one.data]
                source = of.source.get(language)
                print(f"    {words('checks.list', name=of.name, updated=of.updated, source=source)}")
    if check.sentences:
        print(f"\n{words('checks.sentences')}")
    for id_, told in (check.sentences or {}).items():
        print(f"  {id_}{between}{typeset(say(told[french]), language)}")
    print(f"\n{words('checks.how_to_fix')}")
    for line in describe_fix(check, language, _this_family()):
        print(f"  {say(line)}")
    print(f"\n{words('checks.supports')}")
    for framework, ids in check.controls.items():
        print(f"  {framework}{between}{', '.join(ids)}")
    from rempart_agent.quality.lint import file_of

    file = file_of(check, directories)
    answers = describe_answers(check, file, language)
    if answers:
        print(f"\n{words('checks.answers')}")
    for line in answers:
        print(f"  {say(line)}")
    print(f"\n{file}")
    return 0


def describe_parameter(one: Parameter, language: str) -> list[str]:
    """Return in lines a parameter's default, as a person writes it into a profile, its bounds and what it sets.

    Args:
        one: The parameter.
        language: ``en`` or ``fr``.
    """
    from rempart_core.content.yamlflow import write_flow, write_items

    items = write_items(one.default)
    value = "" if items else f" {write_flow(one.default)}"
    unit = one.unit and f" {one.unit}"
    bounds = f" ({one.min}..{one.max})" if one.min is not None or one.max is not None else ""
    title = typeset(one.title.get(language), language)
    return [f"{one.name} ={value}{unit}{bounds}  {title}", *(f"  {item}" for item in items)]


def describe_answers(check: Check, file: str, language: str) -> list[str]:
    """Return in lines which rules of other people's baselines a check answers: how, and by which rows.

    Args:
        check: The check.
        file: Its file, which was found good before.
        language: ``en`` or ``fr``.
    """
    from rempart_core.content.answer_file import find_answers
    from rempart_reports.writing.translation import semicolon

    lines = []
    choice, full, part = (
        words("checks.column_choice"),
        words("checks.column_full"),
        words("checks.column_part"),
    )
    for answer in find_answers(file, check.parameters):
        how = [choice if answer.choice else full] if answer.is_whole else [part, answer.part.get(language)]
        how += [words("checks.answer_when", names=", ".join(answer.when))] if answer.when else []
        lines.append(f"{answer.name} [{answer.item}]  ({semicolon(language).join(how)})")
    return [typeset(line, language) for line in lines]


def _this_family() -> str:
    """Return whose steps this machine takes."""
    import platform

    from rempart_core.model.fix_steps import family_of

    name = {"Darwin": "darwin", "Windows": "windows"}.get(platform.system(), "linux")
    try:
        system = platform.freedesktop_os_release().get("NAME", "") if name == "linux" else ""
    except OSError:  # no os-release
        system = ""
    return family_of(name, system)


def describe_fix(check: Check, language: str, family: str) -> list[str]:
    """Return the steps of each system in lines, commands indented; those of ``family`` first.

    Args:
        check: The check.
        language: ``en`` or ``fr``.
        family: As ``fix_steps.family_of`` returns it.
    """
    from rempart_core.model.check import FAMILIES
    from rempart_core.model.fix_steps import SYSTEM_NAMES, select_steps

    steps = check.remediation.steps
    if not steps:
        return check.remediation.manual.get(language).strip().splitlines()
    lines = []
    own = select_steps(steps, family)[:1]
    for system, those in sorted(steps, key=lambda one: [system for system, _ in own] != [one[0]]):
        if len(steps) > 1:
            rest = system == "linux" and any(one in FAMILIES for one, _ in steps)
            lines.append(
                say_in(Message("checks.other_linux"), language) if rest else SYSTEM_NAMES[system].get(language)
            )
        for step in those:
            if step.command:
                lines += [f"    {line}" for line in step.command.splitlines()]
            else:
                lines.append(f"  {step.text.get(language)}")
    return lines


def describe_scope(check: Check, language: str) -> list[str]:
    """Return what a check does not examine, a line each: what a reader could take for covered.

    Args:
        check: The check.
        language: ``en`` or ``fr``.
    """
    if check.not_examined:
        return [one.get(language) for one in check.not_examined]
    if check.complete != NOTHING:
        return [say_in(Message("checks.complete", why=own(check.complete)), language)]
    return [say_in(Message("checks.scope_unknown"), language)]
