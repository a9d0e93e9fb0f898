"""``rempart checks coverage``: what contributes to each requirement of a framework, and what nothing contributes to."""

import argparse
import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from rempart_agent.cli.language import option_help, words
from rempart_controller.commands.checks.chosen import add_own
from rempart_controller.commands.checks.foreign_coverage import (
    ForeignRequest,
    add_foreign,
    read_foreign,
    run_foreign,
)
from rempart_controller.commands.options.output import Output, add_language, read_output
from rempart_core.content.place import check_directories
from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.model.framework import ORGANISATION, STATUSES, Framework, Support, find_support
from rempart_core.text import quiet_json


class CoverageRequest(NamedTuple):
    """What of frameworks checks contribute to is asked for.

    Attributes:
        framework: One framework, as ``gdpr``; ``""`` for a line for each.
        own: Folders of the user's own checks, beside ours.
        out: How it is printed.
        foreign: What of somebody else's profiles is asked for instead; None where nothing is.
    """

    framework: str
    own: tuple[str, ...]
    out: Output
    foreign: ForeignRequest | None = None


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("command.coverage_long")
    add_own(parser)
    parser.add_argument("--framework", metavar="NAME", default="", help=option_help("help.framework"))
    add_foreign(parser)
    parser.add_argument("--json", action="store_true", help=option_help("help.json_lines"))
    add_language(parser)


def request(options: argparse.Namespace) -> CoverageRequest:
    """See Command.request."""
    own, out = tuple(options.checks_dir), read_output(options)
    return CoverageRequest(options.framework, own, out, read_foreign(options, own, out))


def run(request: CoverageRequest) -> int:
    """Print each requirement of a framework with what contributes to it; without a framework, a line for each.

    Returns:
        1 where somebody else's profile is answered less than is asked for, else 0.

    Raises:
        UsageError: There is no such framework.
        ContentError: Checks or frameworks hold mistakes.
    """
    if request.foreign is not None:
        return run_foreign(request.foreign)
    from rempart_agent.audit import content_cache
    from rempart_core.content.frameworkfile import read_frameworks

    directories = check_directories(request.own)
    checks = content_cache.load(directories).checks
    frameworks = read_frameworks(directories)
    organisation = frameworks.pop(ORGANISATION, None)
    if request.framework and request.framework not in frameworks:
        from rempart_core.suggestion import quoted, suggestion_of

        hint = suggestion_of(request.framework, frameworks)
        raise UsageError(Message("checks.no_framework", name=quoted(request.framework), hint=hint))
    if not request.framework:
        for framework in frameworks.values():
            _print_summary(framework, find_support(framework, checks), request.out)
        return 0
    framework = frameworks[request.framework]
    supports = find_support(framework, checks)
    if request.out.json:
        for support in supports:
            print(quiet_json(json.dumps(_describe(framework, support, request.out.language), ensure_ascii=False)))
    else:
        _print_framework(framework, supports, organisation, request.out.language)
    return 0


def _count(supports: Sequence[Support]) -> dict[str, int]:
    return {status: sum(support.status == status for support in supports) for status in STATUSES}


def _status(support: Support) -> str:
    match support.status:
        case "supported":
            return words("checks.supported")
        case "organisational":
            return words("checks.organisational")
    return words("checks.not_covered")


def _say_counts(supports: Sequence[Support]) -> str:
    counts = _count(supports)
    return words(
        "checks.counts",
        total=len(supports),
        supported=counts["supported"],
        organisational=counts["organisational"],
        missing=counts["not_covered"],
        technical=sum(one.status == "not_covered" and one.requirement.kind == "technical" for one in supports),
    )


def _print_summary(framework: Framework, supports: Sequence[Support], out: Output) -> None:
    name = framework.name.get(out.language)
    if out.json:
        facts = {"framework": framework.id, "name": name, "version": framework.version, "source": framework.source}
        print(quiet_json(json.dumps(facts | {"requirements": len(supports)} | _count(supports), ensure_ascii=False)))
    else:
        print(f"{framework.id:15} {_say_counts(supports)}")


def _print_framework(
    framework: Framework, supports: Sequence[Support], organisation: Framework | None, language: str
) -> None:
    print(f"{framework.name.get(language)} ({framework.version})\n{framework.source}")
    print(words("checks.scope", scope=framework.scope.get(language)))
    print(f"{words('checks.contributes')}\n")
    status = max((len(_status(one)) for one in supports), default=0)
    width = max((len(support.requirement.id) for support in supports), default=0)
    for support in supports:
        one = support.requirement
        gap = f" ({_kind(one.kind)})" if support.status == "not_covered" else ""
        print(f"{_status(support):{status}}  {one.id:{width}}  {one.title.get(language)}{gap}")
        for line in _list_supporters(support, organisation, language):
            print(f"{'':{status}}  {'':{width}}  {line}")
    print(f"\n{_say_counts(supports)}")


def _kind(kind: str) -> str:
    return words("checks.gap_technical" if kind == "technical" else "checks.gap_organisational")


def _list_supporters(support: Support, organisation: Framework | None, language: str) -> Iterable[str]:
    from rempart_reports.writing.translation import severity_name

    for check in support.checks:
        title = check.title.get(language)
        yield f"{check.id:7} {severity_name(check.severity, language):8} {'/'.join(check.platforms):20}  {title}"
    for id_ in support.requirement.organisation:
        known = organisation.requirements.get(id_) if organisation else None
        title = known.title.get(language) if known else ""
        yield f"{id_:7} {words('checks.control'):29}  {title}".rstrip()


def _describe(framework: Framework, support: Support, language: str) -> dict[str, Any]:
    one = support.requirement
    return {
        "framework": framework.id,
        "requirement": one.id,
        "title": one.title.get(language),
        "kind": one.kind,
        "status": support.status,
        "checks": [
            {
                "id": check.id,
                "title": check.title.get(language),
                "severity": check.severity.value,
                "platforms": list(check.platforms),
            }
            for check in support.checks
        ],
        "organisation": list(one.organisation),
    }
