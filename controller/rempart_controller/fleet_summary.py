"""What the terminal says of a fleet: a line a host, and each finding once with the hosts that have it."""

from typing import NamedTuple, TextIO

from rempart_controller.errand import SILENT
from rempart_core.check import Severity
from rempart_core.gate import counts, exit_status
from rempart_core.result import Run, State
from rempart_core.text import Text, clean_line

_NAMED = 5  # hosts that are named beside a finding
_WORDS = {
    "hosts": Text("HOSTS", "MACHINES"),
    "findings": Text("FINDINGS", "CONSTATS"),
    "open": Text("{} open", "{} ouvert(s)"),
    "errors": Text("{} could not be judged", "{} non jugé(s)"),
    "unseen": Text("{} not checked", "{} non vérifié(s)"),
    "good": Text("nothing open", "rien d’ouvert"),
    "on": Text("{} of {} hosts: {}", "{} machine(s) sur {} : {}"),
    "more": Text(", and {} more", ", et {} de plus"),
    "sum": Text(
        "Hosts: {total}. {good} with nothing open, {failed} with findings, {gaps} judged in part, {silent} silent.",
        "Machines : {total}. {good} sans constat ouvert, {failed} avec constats, {gaps} jugée(s) en partie, "
        "{silent} muette(s).",
    ),
    "cut": Text("Interrupted: {} hosts were not asked.", "Interrompu : {} machines n’ont pas été interrogées."),
}


class Tally(NamedTuple):
    """One finding over the fleet.

    Attributes:
        severity: The worst of any host.
        title: The check's.
        hosts: The first hosts that have it.
        number: How many have it.
    """

    severity: Severity
    title: Text
    hosts: tuple[str, ...]
    number: int


class Summary:
    """Counts runs as they come.

    Attributes:
        status: The exit status of all runs so far; 3 outranks 1.
        failed: Hosts with findings.
        silent: Hosts that did not answer.
    """

    def __init__(self, threshold: Severity, language: str) -> None:
        """Count with a threshold, and speak a language."""
        self._threshold = threshold
        self._language = language
        self._lines: dict[int, tuple[str, str]] = {}
        self._findings: dict[str, Tally] = {}
        self.status = 0
        self.failed = self.silent = self.gaps = self.good = 0

    def add(self, number: int, run: Run) -> None:
        """Count the run of a host; ``number`` is its place in the inventory."""
        status = exit_status(run, self._threshold)
        self.status = max(self.status, status)
        self._lines[number] = (clean_line(run.target.name), self._line(run, status))
        for result in run.results:
            if not result.open:
                continue
            tally = self._findings.get(result.check) or Tally(result.severity, result.title, (), 0)
            severity = min(tally.severity, result.severity, key=lambda one: one.rank)
            hosts = (*tally.hosts, run.target.name) if len(tally.hosts) < _NAMED else tally.hosts
            self._findings[result.check] = Tally(severity, tally.title, hosts, tally.number + 1)

    def _line(self, run: Run, status: int) -> str:
        results = run.results
        if results and all(result.failure == SILENT for result in results):
            self.silent += 1
            return clean_line(results[0].reason.get(self._language))
        opened = [result for result in results if result.open]
        errors = sum(result.state is State.ERROR for result in results)
        unseen = sum(result.state is State.NOT_CHECKED for result in results)
        if any(counts(result, self._threshold) for result in opened):
            self.failed += 1
        elif status:
            self.gaps += 1
        else:
            self.good += 1
        parts = [self._word("open").format(len(opened)) if opened else self._word("good")]
        if errors:
            parts.append(self._word("errors").format(errors))
        if unseen:
            parts.append(self._word("unseen").format(unseen))
        return ", ".join(parts)

    def print(self, out: TextIO, missing: int = 0) -> None:
        """Print the whole; ``missing`` hosts were not asked."""
        width = min(40, max((len(name) for name, _ in self._lines.values()), default=0))
        out.write(f"{self._word('hosts')}\n")
        for number in sorted(self._lines):
            name, text = self._lines[number]
            out.write(f"  {name.ljust(width)}  {text}\n")
        if self._findings:
            out.write(f"\n{self._word('findings')}\n")
        for check, tally in sorted(
            self._findings.items(), key=lambda item: (item[1].severity.rank, -item[1].number, item[0])
        ):
            title = clean_line(tally.title.get(self._language))
            out.write(f"  {tally.severity.value.ljust(8)}  {check}  {title}\n")
            names = ", ".join(map(clean_line, tally.hosts))
            if tally.number > len(tally.hosts):
                names += self._word("more").format(tally.number - len(tally.hosts))
            out.write(f"      {self._word('on').format(tally.number, len(self._lines), names)}\n")
        told = {"good": self.good, "failed": self.failed, "gaps": self.gaps, "silent": self.silent}
        out.write("\n" + self._word("sum").format(total=len(self._lines), **told) + "\n")
        if missing:
            out.write(self._word("cut").format(missing) + "\n")

    def _word(self, name: str) -> str:
        return _WORDS[name].get(self._language)
