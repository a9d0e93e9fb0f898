"""``rempart checks coverage``: what contributes to each requirement of a framework, and what nothing contributes to."""

import argparse
import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from rempart_agent.cli.language import option_help, words
from rempart_controller.commands.checks.chosen import add_own
from rempart_controller.commands.options.output import Output, add_language, read_output
from rempart_core.content.place import check_directories
from rempart_core.error import UsageError
from rempart_core.model.framework import ORGANISATION, STATUSES, Framework, Support, find_support
from rempart_core.text import quiet_json

_WORDS = {
    "supported": ("supported", "soutenue"),
    "organisational": ("organisational", "organisationnelle"),
    "not_covered": ("not covered", "non couverte"),
    "counts": (
        "{} requirements: {} supported by checks, {} by organisational controls alone, {} not covered ({} technical)",
        "{} exigences : {} soutenues par des contrôles, {} organisationnelles, {} non couvertes ({} techniques)",
    ),
    "only": (
        "A check contributes to a requirement; it never satisfies one alone.",
        "Un contrôle contribue à une exigence ; il n’y satisfait jamais à lui seul.",
    ),
    "listed": ("Listed: ", "Exigences retenues : "),
    "control": ("organisational control", "contrôle organisationnel"),
    "technical_gap": ("technical", "technique"),
    "organisational_gap": ("organisational", "organisationnelle"),
}


class CoverageRequest(NamedTuple):
    """What of frameworks checks contribute to is asked for.

    Attributes:
        framework: One framework, as ``gdpr``; ``""`` for a line for each.
        own: Folders of the user's own checks, beside ours.
        out: How it is printed.
    """

    framework: str
    own: tuple[str, ...]
    out: Output


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("command.coverage_long")
    add_own(parser)
    parser.add_argument("--framework", metavar="NAME", default="", help=option_help("help.framework"))
    parser.add_argument("--json", action="store_true", help=option_help("help.json_lines"))
    add_language(parser)


def request(options: argparse.Namespace) -> CoverageRequest:
    """See Command.request."""
    return CoverageRequest(options.framework, tuple(options.checks_dir), read_output(options))


def run(request: CoverageRequest) -> int:
    """Print each requirement of a framework with what contributes to it; without a framework, a line for each.

    Raises:
        UsageError: There is no such framework.
        ContentError: Checks or frameworks hold mistakes.
    """
    from rempart_agent.audit import content_cache
    from rempart_core.content.frameworkfile import read_frameworks

    directories = check_directories(request.own)
    checks = content_cache.load(directories).checks
    frameworks = read_frameworks(directories)
    organisation = frameworks.pop(ORGANISATION, None)
    if request.framework and request.framework not in frameworks:
        from rempart_core.suggestion import show, suggest

        raise UsageError(f"there is no framework {show(request.framework)}{suggest(request.framework, frameworks)}")
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


def _say(key: str, language: str) -> str:
    return _WORDS[key][language == "fr"]


def _say_counts(supports: Sequence[Support], language: str) -> str:
    technical = sum(one.status == "not_covered" and one.requirement.kind == "technical" for one in supports)
    return _say("counts", language).format(len(supports), *_count(supports).values(), technical)


def _print_summary(framework: Framework, supports: Sequence[Support], out: Output) -> None:
    name = framework.name.get(out.language)
    if out.json:
        facts = {"framework": framework.id, "name": name, "version": framework.version, "source": framework.source}
        print(quiet_json(json.dumps(facts | {"requirements": len(supports)} | _count(supports), ensure_ascii=False)))
    else:
        print(f"{framework.id:15} {_say_counts(supports, out.language)}")


def _print_framework(
    framework: Framework, supports: Sequence[Support], organisation: Framework | None, language: str
) -> None:
    print(f"{framework.name.get(language)} ({framework.version})\n{framework.source}")
    print(f"{_say('listed', language)}{framework.scope.get(language)}")
    print(f"{_say('only', language)}\n")
    status = max(len(_say(one, language)) for one in STATUSES)
    width = max((len(support.requirement.id) for support in supports), default=0)
    for support in supports:
        one = support.requirement
        gap = f" ({_say(f'{one.kind}_gap', language)})" if support.status == "not_covered" else ""
        print(f"{_say(support.status, language):{status}}  {one.id:{width}}  {one.title.get(language)}{gap}")
        for line in _list_supporters(support, organisation, language):
            print(f"{'':{status}}  {'':{width}}  {line}")
    print(f"\n{_say_counts(supports, language)}")


def _list_supporters(support: Support, organisation: Framework | None, language: str) -> Iterable[str]:
    for check in support.checks:
        title = check.title.get(language)
        yield f"{check.id:7} {check.severity.value:8} {'/'.join(check.platforms):20}  {title}"
    for id_ in support.requirement.organisation:
        known = organisation.requirements.get(id_) if organisation else None
        title = known.title.get(language) if known else ""
        yield f"{id_:7} {_say('control', language):29}  {title}".rstrip()


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
