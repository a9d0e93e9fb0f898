"""Pieces of a fleet's reports, written by processes: whole, in order, and no host is lost."""

from __future__ import annotations

import io
import os
import signal
from pathlib import Path

import pytest

from rempart_controller.fleet.report_pieces import FleetPieces
from rempart_core.model.check import Remediation, Severity
from rempart_core.model.result import EngineIdentity, Result, Run, State, TargetIdentity
from rempart_core.model.waiver import Waiver, applied
from rempart_core.text import NOTHING, Text
from rempart_reports.formats.contract import write_pieces
from rempart_reports.formats.html.fleet_checks import VARIANTS
from rempart_reports.formats.registry import load, load_directory
from rempart_reports.views.options import Options

WAIVER = Waiver("FWL-01", "moved in spring", "A. Diallo", 1_798_675_200.0, "2026-12-30 UTC")
OPTIONS = Options(fleet=True, generated="2026-11-25T18:00:05Z", waivers=(WAIVER,))
NAMES = ("json", "jsonl", "csv", "junit", "markdown", "html")


def run_of(name: str, reason: str = "one of two fails \ud800") -> Run:
    moment = "2026-11-25T13:00:00Z"
    engine = EngineIdentity("embedded", "0.1.0", "root", privileged=True)
    title, why = Text("A firewall runs", "Un pare-feu tourne"), Text(reason, reason)
    fix = Remediation("firewall", "none", NOTHING)
    result = Result("FWL-01", 1, title, "firewall", Severity.HIGH, State.FAIL, why, NOTHING, fix, {})
    return Run(TargetIdentity(name, "host", "shop"), engine, "server", "all", moment, moment, [result])


def waived(run: Run) -> Run:
    """Return a run whose findings are accepted."""
    return run._replace(results=[one._replace(waiver=applied(WAIVER)) for one in run.results])


RUNS = [run_of(f"host {number}") for number in range(40)] + [run_of("host.1")] * 2  # of one class in JUnit
RUNS[7] = waived(RUNS[7])


def join(pieces: FleetPieces, name: str) -> str:
    out = io.StringIO(newline="")
    write_pieces(pieces.of(name), out)
    return out.getvalue()


def make(read: object, runs: list[Run]) -> FleetPieces:
    lost = lambda place, why: run_of(runs[place].target.name, why.en)  # noqa: E731
    reports = {name: load(name)(OPTIONS) for name in NAMES}
    return FleetPieces(reports, [run.target for run in runs], read, lost, {})  # type: ignore[arg-type]


def test_they_join_to_what_one_process_writes() -> None:
    pieces = make(RUNS.__getitem__, RUNS)
    for name in NAMES:
        whole = io.StringIO(newline="")
        load(name).write(iter(RUNS), whole, OPTIONS)
        assert join(pieces, name) == whole.getvalue(), name


def test_a_host_that_kills_who_writes_of_it_is_told_of_with_why() -> None:
    def read(place: int) -> Run:
        if place == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return RUNS[place]

    lines = join(make(read, RUNS[:4]), "jsonl").splitlines()
    assert len(lines) == 4
    assert ["without a word" in line for line in lines] == [False, True, False, False]


def test_no_hosts_are_a_report_too() -> None:
    assert "<testsuites>" in join(make(RUNS.__getitem__, []), "junit")


def asked(name: str, number: int) -> Run:
    """Return the run of a host that was asked a statement of its own."""
    run = run_of(name)
    others = {"sql": {"query": f"SELECT {number}"}, "parameters": {"limit": number}}
    return run._replace(results=[result._replace(**others) for result in run.results])


def silent(name: str) -> Run:
    run = run_of(name)
    unheard = {"state": State.NOT_CHECKED, "failure": "silent"}
    return run._replace(results=[result._replace(**unheard) for result in run.results])


def files_in(folder: Path) -> dict[str, bytes]:
    return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


@pytest.mark.parametrize("name", ["html", "junit"])
def test_a_directory_joins_to_what_one_process_writes(name: str, tmp_path: Path) -> None:
    runs = [asked(f"host {number}", number // 2) for number in range(2 * VARIANTS + 6)]  # of more variants than fit
    runs = [*runs, silent("gone"), run_of("host.1"), run_of("host.1"), run_of("HOST.1")]
    form, report = load_directory(name), load_directory(name)(OPTIONS)
    form.write_directory(str(tmp_path / "one"), iter(runs), OPTIONS)
    lost = lambda place, why: run_of(runs[place].target.name, why.en)  # noqa: E731
    pieces = FleetPieces({name: report}, [run.target for run in runs], runs.__getitem__, lost, {})
    report.join(str(tmp_path / "many"), pieces.of(name))
    one, many = files_in(tmp_path / "one"), files_in(tmp_path / "many")
    assert one.keys() == many.keys()
    assert [place for place in one if one[place] != many[place]] == []
    assert len(one) >= len(runs)


def test_the_parent_reads_no_run_for_what_another_host_told(tmp_path: Path) -> None:
    read, parent = [], os.getpid()

    def note(place: int) -> Run:
        if os.getpid() == parent:
            read.append(place)
        return RUNS[place]

    report = load_directory("html")(OPTIONS)
    pieces = FleetPieces({"pages": report}, [run.target for run in RUNS], note, lambda place, _: RUNS[place], {})
    report.join(str(tmp_path), pieces.of("pages"))
    assert read == [0]
