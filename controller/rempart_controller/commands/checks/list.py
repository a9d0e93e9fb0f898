"""The command ``rempart checks list``."""

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from rempart_agent.cli.language import option_help, words
from rempart_controller.commands.checks.chosen import Chosen, add_globs, find, read_chosen
from rempart_controller.commands.options.output import Output, add_language, read_output
from rempart_core.error import UsageError
from rempart_core.text import quiet_json

if TYPE_CHECKING:  # for those who ask for a profile
    from rempart_core.model.check import Check
    from rempart_core.model.profile import Profile
    from rempart_core.model.selection import Selected


class ListRequest(NamedTuple):
    """Checks are to be listed.

    Attributes:
        checks: Which.
        profile: Only what this one selects; ``""`` for all.
        out: How they are printed.
    """

    checks: Chosen
    profile: str
    out: Output


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("command.checks_list_long")
    add_globs(parser)
    parser.add_argument("--profile", metavar="NAME", default="", help=option_help("help.of_profile"))
    parser.add_argument("--json", action="store_true", help=option_help("help.json_lines"))
    add_language(parser)


def request(options: argparse.Namespace) -> ListRequest:
    """See Command.request."""
    return ListRequest(read_chosen(options), options.profile, read_output(options))


def run(request: ListRequest) -> int:
    """Print one line a check, or one JSON object a line."""
    found = find(request.checks)
    chosen = found.checks
    if request.profile:
        from rempart_core.model.check import ORGANISATION
        from rempart_core.model.selection import find_profile, select

        profile = find_profile(found.profiles, request.profile)
        selected = [one for platform in ("linux", ORGANISATION) for one in _select(chosen, profile, platform)]
        if not selected:
            select(chosen, profile, "linux")  # which says why
        chosen = [s.check._replace(severity=s.severity) for s in selected]
    if request.out.json:
        import json

        for check in chosen:
            facts = {
                "id": check.id,
                "revision": check.revision,
                "title": check.title.get(request.out.language),
                "area": check.area,
                "severity": check.severity.value,
                "level": check.level,
                "roles": check.roles,
                "platforms": list(check.platforms),
                "controls": check.controls,
            }
            print(quiet_json(json.dumps(facts, ensure_ascii=False)))
        return 0
    from rempart_reports.writing.translation import severity_name

    width = max((len(check.area) for check in chosen), default=0)
    language = request.out.language
    for check in chosen:
        severity = severity_name(check.severity, language)
        print(f"{check.id:8} {severity:9} {check.area:{width}}  {check.title.get(language)}")
    return 0


def _select(checks: Sequence["Check"], profile: "Profile", platform: str) -> "list[Selected]":
    """Return what a profile selects for machines or an organisation; nothing where it selects none of these."""
    from rempart_core.model.selection import select

    try:
        return select(checks, profile, platform)[0]
    except UsageError:
        return []
