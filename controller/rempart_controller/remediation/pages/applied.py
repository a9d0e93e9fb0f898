"""What the terminal says of what a plan came to, and of an undo."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from rempart_controller.remediation.records.outcome import HostOutcome
from rempart_controller.remediation.undo.undo import Undone
from rempart_core.messages.labels import Labels
from rempart_core.model.fix_outcome import WORDS as OUTCOMES
from rempart_core.model.fix_outcome import Outcome, count_outcome
from rempart_core.model.result import Run
from rempart_core.text import Text, clean_line
from rempart_reports.writing.host_list import lay_out, name_some
from rempart_reports.writing.translation import colon, semicolon, state_name

# What a reader has to look at first.
_ORDER = (
    Outcome.LOST,
    Outcome.REGRESSED,
    Outcome.ROLLED_BACK,
    Outcome.STILL_FAILING,
    Outcome.NOT_APPLIED,
    Outcome.FIXED,
)
_SHARED = 3  # things that are named of what is shared


def show_outcomes(change: str, outcomes: Iterable[HostOutcome], language: str) -> Iterator[str]:
    """Yield the lines that the outcome of a change is shown in: a table of the hosts, then what is alike once.

    Args:
        change: The change's id.
        outcomes: Each host's.
        language: ``en`` or ``fr``.
    """
    label = Labels("applied_page", language)
    hosts = list(outcomes)
    came = list_outcomes(hosts)
    heads = [label("host"), label("state"), *(OUTCOMES[one].get(language).upper() for one in came)]
    yield from lay_out([heads, *([clean_line(cell) for cell in count_host(host, came, language)] for host in hosts)], 2)
    yield ""
    for host in hosts:
        yield from _show_events(host, language)
    for outcome in came:
        yield from _show_outcome(outcome, hosts, language)
    counted = [(one, sum(fix.outcome is one for host in hosts for fix in host.fixes.values())) for one in came]
    parts = [count_outcome(outcome, number, language) for outcome, number in counted]
    nowhere = all(host.state == "untouched" for host in hosts)  # nothing that could be undone
    yield label("nothing_stands" if nowhere else "result", id=change, sum=", ".join(parts) or label("none").rstrip("."))


def list_outcomes(hosts: Iterable[HostOutcome]) -> list[Outcome]:
    """Return what fixes came to, what a reader has to look at first."""
    found = {fix.outcome for host in hosts for fix in host.fixes.values()}
    return [one for one in _ORDER if one in found]


def count_host(host: HostOutcome, came: Sequence[Outcome], language: str) -> list[str]:
    """Return the cells of a host's line: its name, its state, how many fixes came to each outcome; not clean.

    Args:
        host: What became of it.
        came: The outcomes that have a column.
        language: ``en`` or ``fr``.
    """
    counts = (sum(fix.outcome is one for fix in host.fixes.values()) for one in came)
    return [host.name, name_state(host.state, language), *map(str, counts)]


def name_state(state: str, language: str) -> str:
    """Return how a change left a host, in a word or two.

    Args:
        state: See HostOutcome.state.
        language: ``en`` or ``fr``.
    """
    return Labels("applied_page", language)(state if state != "worse" else "open")


def list_events(host: HostOutcome, language: str) -> list[str]:
    """Return what happened to a host besides its fixes, a line each.

    Args:
        host: Its outcome.
        language: ``en`` or ``fr``.
    """
    label = Labels("applied_page", language)
    lines = [
        label("regressed", check=check, seen=shorten_seen(seen, language))
        for check, seen in sorted(host.regressed.items())
    ]
    lines += [label("unseen", checks=", ".join(host.unseen))] if host.unseen else []
    return lines + [clean_line(note.get(language)) for note in host.notes]


def _show_events(host: HostOutcome, language: str) -> Iterator[str]:
    if lines := list_events(host, language):
        yield clean_line(host.name)
        yield from (f"  {line}" for line in lines)
        yield ""


class AlikeFix(NamedTuple):
    """A fix that came to the same on some hosts.

    Attributes:
        check: The check.
        reason: Why it is not fixed; ``""`` where it is.
        before: What was seen before.
        after: What was seen after it.
        hosts: Their names.
    """

    check: str
    reason: str
    before: tuple[Text, ...]
    after: tuple[Text, ...]
    hosts: tuple[str, ...]


def group_outcome(outcome: Outcome, hosts: Iterable[HostOutcome], language: str) -> list[AlikeFix]:
    """Return the fixes that came to an outcome, each once with the hosts where it did the same.

    Args:
        outcome: The outcome.
        hosts: What became of hosts.
        language: ``en`` or ``fr``: of the reasons.
    """
    alike: dict[tuple[str, str, tuple[Text, ...], tuple[Text, ...]], list[str]] = {}
    for host in hosts:
        for check, fix in host.fixes.items():
            if fix.outcome is outcome:
                alike.setdefault((check, fix.reason.get(language), fix.before, fix.after), []).append(host.name)
    return [AlikeFix(*about, tuple(names)) for about, names in sorted(alike.items())]


def _show_outcome(outcome: Outcome, hosts: Sequence[HostOutcome], language: str) -> Iterator[str]:
    """Yield the fixes that came to the same, each once with the hosts where it did the same."""
    yield OUTCOMES[outcome].get(language).upper()
    for check, reason, before, after, names in group_outcome(outcome, hosts, language):
        on = name_some(names, language) if len(hosts) > 1 else ""
        yield f"  {check}  {on}{colon(language) if on and reason else ''}{clean_line(reason)}".rstrip()
        if before or after:
            yield f"      {shorten_seen(before, language)} → {shorten_seen(after, language)}"
    yield ""


def show_undone(runs: Mapping[str, Run], done: Mapping[str, Undone], language: str) -> Iterator[str]:
    """Yield the lines that an undo is shown in: how much was restored on each host, and what is seen now.

    Args:
        runs: What was found after it, by host.
        done: What it came to, by host.
        language: ``en`` or ``fr``.
    """
    label = Labels("applied_page", language)
    for name, host in done.items():
        if not host.checks and not host.whole:
            continue
        yield f"{clean_line(name)}  {label('restored', count=str(len(host.restored)))}"
        yield from (f"  {clean_line(one.get(language))}" for one in host.left)
        for check, shared in sorted(host.again.items()):
            things = ", ".join(clean_line(one) for one in shared[:_SHARED]) + (" …" if len(shared) > _SHARED else "")
            told = label("again", check=check, things=things) if shared else label("again_alone", check=check)
            yield f"  {told}"
        for result in runs[name].results if name in runs else ():
            state = state_name(result.state, language).ljust(14)
            yield f"  {state}  {result.check}  {clean_line(result.title.get(language))}"


def shorten_seen(seen: Sequence[Text], language: str) -> str:
    """Return what was seen in one line, cut at a hundred characters; ``–`` for nothing.

    Args:
        seen: What was seen, untrusted.
        language: ``en`` or ``fr``.
    """
    text = clean_line(semicolon(language).join(one.get(language) for one in seen)) or "–"
    return text if len(text) <= 100 else text[:99] + "…"
