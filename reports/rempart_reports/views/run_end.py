"""What stands at the end of a run: what was not judged and why, where to start, what comes next, where reports lie."""

from collections.abc import Iterator

from rempart_core.model.result import Result, Run
from rempart_core.typography import typeset
from rempart_reports.views.host import Groups, Verdict, group_by_reason
from rempart_reports.views.options import Options
from rempart_reports.views.start_with import FirstFix, choose_of_results
from rempart_reports.writing.translation import colon, number, semicolon, word

_INDENT = "  "  # before what belongs to the line above
_NAMED = 3  # checks that are named of those that were not asked for one reason


def tell_end(run: Run, groups: Groups, verdict: Verdict, options: Options) -> Iterator[str]:
    """Yield the lines below the counts of a run; what a machine says stands in them, so they are not clean.

    Args:
        run: What was found.
        groups: Its results, sorted out.
        verdict: What the run comes to.
        options: Language, and where the reports lie.
    """
    language = options.language
    colon_ = colon(language)
    unjudged = tell_unjudged(groups, language)
    remarks = [*verdict.remarks] if groups.findings and not run.unfinished.en else [verdict.headline, *verdict.remarks]
    if remarks:
        yield " ".join(remarks)
    if unjudged:
        yield f"{word('gaps', language)}{colon_}{unjudged}"
    first = choose_of_results(groups.findings)
    if first:
        yield word("start_with", language) + colon_.rstrip()
        yield from (f"{_INDENT}{one.check}  {typeset(one.title.get(language), language)}" for one in first)
        yield f"{word('next', language)}{colon_}{name_next(run, groups.findings, first)}"
    if options.reports:
        yield f"{word('reports', language)}{colon_}{', '.join(options.reports)}"


def tell_unjudged(groups: Groups, language: str) -> str:
    """Return in one line which checks were not asked, or how many, and why; ``""`` where all were.

    Errors stand above with their reasons, and in the counts.

    Args:
        groups: Results of a run by what they came to.
        language: ``en`` or ``fr``.
    """
    parts = []
    rootless = [result for result in groups.not_checked if result.failure == "privilege"]
    if rootless:
        parts.append(word("need_root", language, count=number(len(rootless), language)))
    others = [result for result in groups.not_checked if result.failure != "privilege"]
    for reason, those in group_by_reason(others, language):
        named = ", ".join(one.check for one in those) if len(those) <= _NAMED else number(len(those), language)
        parts.append(word("for_reason", language, checks=named, reason=reason))
    return semicolon(language).join(parts)


def name_next(run: Run, findings: list[Result], first: list[FirstFix]) -> str:
    """Return the command that comes next: the plan where a role fixes a finding of a machine, else how to fix one.

    Args:
        run: The run.
        findings: Its open ones.
        first: Where to start.
    """
    automatic = any(one.remediation.role and one.remediation.disruption != "manual" for one in findings)
    if automatic and run.target.kind not in {"root", "image"}:
        return "rempart plan -i INVENTORY"
    return f"rempart checks show {first[0].check}"
