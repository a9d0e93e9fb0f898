"""``rempart rollback --dry-run``: what would come back, what stays and why; the undo itself up to its first write."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from rempart_controller.remediation.ansible.answer import read_rows
from rempart_controller.remediation.ansible.event import Play
from rempart_controller.remediation.execution.revert import LEFT
from rempart_core.messages.labels import Labels
from rempart_core.text import Text, clean_line
from rempart_reports.writing.translation import colon

WORDS = ("back", "stays", "moved", "failed", "unclear")
"""What may become of an act, in the words of hosts."""
_WIDTH = 16


ForeseenAct = tuple[str, str, str, Text, str]
"""Checks, word, target, reason, command by hand."""


@dataclass(slots=True)
class Foreseen:
    """What an undo would do on a host.

    Attributes:
        rows: Its acts.
        failure: Why that is not known; None where it is.
        silent: Whether the host did not answer.
    """

    rows: list[ForeseenAct] = field(default_factory=list)
    failure: Text | None = None
    silent: bool = False

    @property
    def whole(self) -> bool:
        """Tell whether everything would come back."""
        return self.failure is None and all(word == "back" for _, word, *_ in self.rows)


def foresee(change: str, names: Iterable[str], checks: list[str], play: Play, *, force: bool) -> dict[str, Foreseen]:
    """Return what an undo would do on hosts.

    Args:
        change: Its id.
        names: The hosts.
        checks: Those whose fixes would be undone; none for all.
        play: Runs playbooks in check mode.
        force: Whether what another changed since would be replaced too.

    Raises:
        RemediationError: Ansible could not begin.
    """
    found = {name: Foreseen() for name in names}
    for event in play("rollback.yml", {name: {"change": change, "checks": checks, "force": force} for name in found}):
        host = found[event.host]
        if event.outcome in {"failed", "unreachable"} and not event.ignored:
            host.failure = event.why
            host.silent = event.outcome == "unreachable"
        for row in read_rows(event.answer):
            host.rows.append((", ".join(row.checks), row.word, row.target, row.why, row.by_hand))
    return found


def sort_rows(rows: Iterable[ForeseenAct]) -> list[ForeseenAct]:
    """Return acts in the order of a reader: first what would not come back."""
    return sorted(rows, key=lambda row: (row[1] not in LEFT, row[0], row[2]))


def show_foreseen(found: Mapping[str, Foreseen], language: str) -> Iterator[str]:
    """Yield a line for each thing of each host.

    Args:
        found: Host to what would happen there, or why that is not known.
        language: ``en`` or ``fr``.
    """
    label = Labels("foreseen_page", language)
    for name, host in found.items():
        if host.failure is not None:
            said = label("silent" if host.silent else "failed")
            yield f"{clean_line(name)}  {said}{colon(language)}{clean_line(host.failure.get(language))}"
        elif not host.rows:
            yield f"{clean_line(name)}  {label('nothing')}"
        for checks, state, target, why, hand in sort_rows(host.rows):
            parts = [target, why.get(language), label("hand", command=hand) if hand else ""]
            said = "; ".join(part for part in parts if part)
            told = label(state) if state in WORDS else state
            yield f"{clean_line(name)}  {clean_line(checks)}  {told.ljust(_WIDTH)}  {clean_line(said)}"
