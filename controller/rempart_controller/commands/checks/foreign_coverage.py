"""``rempart checks coverage --profile-of``: how much of somebody else's profiles checks answer."""

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from rempart_agent.cli.base import OptionGroup
from rempart_agent.cli.language import option_help, words
from rempart_controller.commands.options.output import Output
from rempart_core.content.place import check_directories
from rempart_core.error import UsageError
from rempart_core.json_value import Json
from rempart_core.messages.message import Message
from rempart_core.model.answer import SCHEMES
from rempart_core.model.coverage import STATUSES, CoveredRule, ProfileCoverage, Ruling, cover
from rempart_core.suggestion import quoted, suggestion_of
from rempart_core.text import quiet_json


class ForeignRequest(NamedTuple):
    """What of somebody else's profiles is asked for.

    Attributes:
        scheme: Whose rules they name, as ``ssg``.
        file: JSON: profile to rules.
        only: Profiles of the file; empty for all.
        profile: One of ours, whose checks and values alone count; ``""`` for all checks with their defaults.
        at_least: The share that each has to reach, in percent.
        missing: Whether rules that are answered in part or not at all are listed.
        rules: Whether every rule is listed, with the checks and the rows of their evidence that show it.
        own: Folders of the user's own checks, beside ours.
        out: How it is printed.
    """

    scheme: str
    file: str
    only: tuple[str, ...]
    profile: str
    at_least: int
    missing: bool
    rules: bool
    own: tuple[str, ...]
    out: Output


def add_foreign(parser: OptionGroup) -> None:
    """Add the options that ask for somebody else's profiles."""
    parser.add_argument("--profile-of", metavar=("SCHEME", "FILE"), nargs=2, help=option_help("help.profile_of"))
    parser.add_argument("--only", metavar="PROFILE", action="append", default=[], help=option_help("help.only"))
    parser.add_argument("--profile", metavar="NAME", default="", help=option_help("help.profile_counts"))
    parser.add_argument("--at-least", metavar="PERCENT", type=_percent, default=0, help=option_help("help.at_least"))
    parser.add_argument("--missing", action="store_true", help=option_help("help.missing"))
    parser.add_argument("--rules", action="store_true", help=option_help("help.foreign_rules"))


def read_foreign(options: argparse.Namespace, own: tuple[str, ...], out: Output) -> ForeignRequest | None:
    """Return what of somebody else's profiles is asked for; None where nothing is.

    Args:
        options: As they were parsed.
        own: Folders of the user's own checks.
        out: How it is printed.

    Raises:
        UsageError: Options stand together that do not belong together, or the scheme is not known.
    """
    if options.profile_of is None:
        alone = {
            "--only": options.only,
            "--profile": options.profile,
            "--at-least": options.at_least,
            "--missing": options.missing,
            "--rules": options.rules,
        }
        for name, given in alone.items():
            if given:
                raise UsageError(Message("checks.needs_profile_of", option=name))
        return None
    if options.framework:
        raise UsageError(Message("checks.framework_and_profile_of"))
    scheme, file = options.profile_of
    if scheme not in SCHEMES:
        raise UsageError(Message("checks.no_scheme", name=quoted(scheme), hint=suggestion_of(scheme, SCHEMES)))
    only = tuple(dict.fromkeys(options.only))
    listed = (options.missing, options.rules)
    return ForeignRequest(scheme, file, only, options.profile, options.at_least, *listed, own, out)


def _percent(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 3 or int(text) > 100:
        raise argparse.ArgumentTypeError(words("checks.percent", text=quoted(text)))
    return int(text)


def run_foreign(request: ForeignRequest) -> int:
    """Print a line for each profile; return 1 where one stays below the share that is asked for, else 0.

    Raises:
        UsageError: A profile is not known.
        ContentError: The file, or checks or profiles of ours hold mistakes.
    """
    from rempart_core.content.foreign_profile import read_foreign_profiles

    profiles = read_foreign_profiles(request.file)
    for name in request.only:
        if name not in profiles:
            hint = suggestion_of(name, profiles)
            raise UsageError(Message("checks.no_foreign", file=request.file, name=quoted(name), hint=hint))
    rulings = _find_rulings(request)
    wanted = request.only or tuple(profiles)
    covered = [cover(name, profiles[name], rulings) for name in wanted]
    if request.out.json:
        for one in covered:
            print(quiet_json(json.dumps(_describe(one, request), ensure_ascii=False)))
    else:
        request.out.show(_table(covered, request))
    return 0 if all(one.reaches(request.at_least) for one in covered) else 1


def _find_rulings(request: ForeignRequest) -> Mapping[str, Sequence[Ruling]]:
    """Return what checks say, by rule: those of the profile with its values, else all with their defaults."""
    from rempart_agent.audit import content_cache
    from rempart_agent.quality.lint import file_of
    from rempart_core.content.answer_file import find_answers
    from rempart_core.model.selection import decide, find_profile, resolve_values

    directories = check_directories(request.own)
    content = content_cache.load(directories)
    profile = find_profile(content.profiles, request.profile) if request.profile else None
    rulings: dict[str, list[Ruling]] = {}
    for check in content.checks:
        if check.replaced_by or (profile is not None and not decide(profile, check).taken):
            continue
        values = {name: one.default for name, one in check.parameters.items()}
        values = values if profile is None else resolve_values(check, profile, {})
        for answer in find_answers(file_of(check, directories), check.parameters):
            if answer.scheme == request.scheme:
                rulings.setdefault(answer.rule, []).append(Ruling(check.id, answer, values))
    return rulings


def _table(covered: Sequence[ProfileCoverage], request: ForeignRequest) -> Iterable[str]:
    heads = [words("checks.column_profile"), words("checks.column_rules")]
    heads += [*_status_words().values(), words("checks.column_share")]
    rows = [[one.profile, *(str(figure) for figure in _figures(one).values()), f"{one.share} %"] for one in covered]
    widths = [max(len(row[place]) for row in (heads, *rows)) for place in range(len(heads))]
    yield _line(heads, widths)
    for one, row in zip(covered, rows, strict=True):
        yield _line(row, widths)
        yield from _listed(one, request)


def _listed(one: ProfileCoverage, request: ForeignRequest) -> Iterable[str]:
    """Return a line for each rule that is asked for: its status, its name, and what its checks say."""
    from rempart_reports.writing.translation import semicolon

    named = _status_words()
    rules = one.rules if request.rules else _missing(one) if request.missing else ()
    width = max((len(named[rule.status]) for rule in rules), default=0)
    for rule in rules:
        told = semicolon(request.out.language).join(_tell(ruling, request) for ruling in rule.rulings)
        yield f"  {named[rule.status].ljust(width)}  {rule.rule}" + (f"  ({told})" if told else "")


def _status_words() -> dict[str, str]:
    return {
        "full": words("checks.column_full"),
        "part": words("checks.column_part"),
        "choice": words("checks.column_choice"),
        "not_answered": words("checks.column_not_answered"),
    }


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(cells, widths, strict=True)
    return "  ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]).rstrip()


def _figures(one: ProfileCoverage) -> dict[str, int]:
    return {"rules": len(one.rules)} | {status: one.count(status) for status in STATUSES}


def _missing(one: ProfileCoverage) -> list[CoveredRule]:
    return [rule for rule in one.rules if rule.status in {"part", "not_answered"}]


def _tell(one: Ruling, request: ForeignRequest) -> str:
    shown = f"{one.check} [{one.answer.item}]" if request.rules else one.check
    return f"{shown} {_lacks(one, request.out.language)}".rstrip()


def _lacks(one: Ruling, language: str) -> str:
    from rempart_reports.writing.translation import semicolon

    lax = [words("checks.laxer", names=", ".join(one.lax))] if one.lax else []
    part = [] if one.answer.is_whole else [one.answer.part.get(language)]
    return semicolon(language).join((*part, *lax))


def _describe(one: ProfileCoverage, request: ForeignRequest) -> dict[str, Json]:
    facts: dict[str, Json] = {"profile": one.profile, **_figures(one), "share": one.share}
    if request.missing:
        facts["missing"] = [_describe_rule(rule, request) for rule in _missing(one)]
    if request.rules:
        facts["answers"] = [_describe_rule(rule, request) for rule in one.rules]
    return facts


def _describe_rule(rule: CoveredRule, request: ForeignRequest) -> dict[str, Json]:
    return {
        "rule": rule.rule,
        "status": rule.status,
        "checks": [
            {"id": one.check, "item": one.answer.item, "not_asked": _lacks(one, request.out.language)}
            for one in rule.rulings
        ],
    }
