"""Reports and store of an applied plan: what was found before it, and after it with what the change did."""

import argparse
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rempart_controller import memory_option
from rempart_controller.remediation.record import ChangeRecord
from rempart_core import document
from rempart_core.check import Severity
from rempart_core.result import AppliedChange, Run

_FORMATS = ("junit", "html", "json", "markdown")


class Reporting:
    """Keeps the runs after a change on disk, and writes the reports at its end.

    Raises:
        UsageError: There can't be a store at that place.
        StoreError: It can't be opened.
    """

    def __init__(self, options: argparse.Namespace) -> None:
        """Open the store, before anything is changed."""
        self._options = options
        options.sign, options.keep, options.checks = getattr(options, "sign", False), None, []
        self._memory = memory_option.open_memory(options)
        self._file = tempfile.TemporaryFile("w+b")  # noqa: SIM115 - it lives as long as this object
        self._places: dict[str, tuple[int, int]] = {}

    def save(self, runs: Iterable[Run]) -> None:
        """Save runs in the store, if there is one."""
        if self._memory is not None:
            self._memory.save(runs)

    def add(self, runs: Mapping[str, Run], record: ChangeRecord) -> None:
        """Keep the runs after a wave, each result with what the change did about it."""
        for name, run in runs.items():
            data = document.write(_mark(run, name, record)).encode()
            self._places[name] = (self._file.seek(0, 2), len(data))
            self._file.write(data)
        if runs:
            self.save(self.runs(runs))

    def runs(self, names: Iterable[str] | None = None) -> Iterator[Run]:
        """Yield the runs, in the order in which they came."""
        for name in self._places if names is None else names:
            place, size = self._places[name]
            self._file.seek(place)
            yield document.read(self._file.read(size))

    def finish(self) -> None:
        """Write the reports, and close the store.

        Raises:
            RempartError: The store could not be written, or a report.
        """
        targets: dict[str, str] = {name: path for name in _FORMATS if (path := getattr(self._options, name))}
        if targets:
            from rempart_reports import file
            from rempart_reports.contract import Options

            moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            head: Any = self._memory.head if self._memory is not None else ""
            chosen = Options(language=self._options.lang, threshold=Severity.LOW, generated=moment, head=head)
            for name, path in targets.items():
                file.write_file(path, name, self.runs(), chosen)
        self._file.close()
        if self._memory is not None:
            self._memory.finish(0)


def _mark(run: Run, name: str, record: ChangeRecord) -> Run:
    host = record.hosts.get(name)
    if host is None:
        return run
    results = []
    for result in run.results:
        fix = host.fixes.get(result.check)
        if fix is not None:
            result = result._replace(change=AppliedChange(record.id, fix.outcome.value, fix.reason, fix.before))  # noqa: PLW2901 - the same result, marked
        elif result.check in host.regressed:
            result = result._replace(change=AppliedChange(record.id, "regressed", "", ()))  # noqa: PLW2901 - the same
        results.append(result)
    return run._replace(results=results)
