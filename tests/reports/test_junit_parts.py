"""JUnit for a fleet: several files where one would be too large, or a directory with a file a host."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from rempart_core.error import ReportError
from rempart_core.model.result import Result, Run, TargetIdentity
from rempart_reports.formats import junit, report_file
from rempart_reports.views.options import Options

MakeRun = Callable[..., Run]
MakeResult = Callable[..., Result]


def hosts_in(path: Path) -> list[str]:
    return [str(suite.get("hostname")) for suite in etree.parse(path).getroot()]


def names_in(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


@pytest.fixture
def fleet(make_run: MakeRun, make_result: MakeResult) -> Callable[[int], list[Run]]:
    def make(count: int) -> list[Run]:
        results = [make_result(check=f"X-{n}") for n in range(10)]
        return [make_run(results, target=TargetIdentity(f"host-{n}")) for n in range(count)]

    return make


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(junit.Report, "PART_BYTES", 40_000)


def test_a_report_goes_on_in_another_file_before_it_is_too_large(
    tmp_path: Path, fleet: Callable[[int], list[Run]]
) -> None:
    report_file.write_report(str(tmp_path / "junit.xml"), "junit", iter(fleet(10)), Options())
    assert names_in(tmp_path) == ["junit-2.xml", "junit-3.xml", "junit-4.xml", "junit.xml"]
    places = [tmp_path / name for name in ("junit.xml", "junit-2.xml", "junit-3.xml", "junit-4.xml")]
    assert [host for place in places for host in hosts_in(place)] == [f"host-{n}" for n in range(10)]
    assert all(place.stat().st_size <= 40_000 for place in places)


def test_parts_of_an_earlier_report_go_and_files_of_others_stay(
    tmp_path: Path, fleet: Callable[[int], list[Run]]
) -> None:
    (tmp_path / "junit-9.xml").write_text("<testsuites/>")
    for count in (10, 4):
        report_file.write_report(str(tmp_path / "junit.xml"), "junit", iter(fleet(count)), Options())
    assert names_in(tmp_path) == ["junit-2.xml", "junit-9.xml", "junit.xml"]
    (tmp_path / "junit-2.xml").write_text("mine")
    with pytest.raises(ReportError, match=r"junit-2\.xml, where it would continue, is no report of Rempart"):
        report_file.write_report(str(tmp_path / "junit.xml"), "junit", iter(fleet(4)), Options())
    assert (tmp_path / "junit-2.xml").read_text() == "mine"
    assert hosts_in(tmp_path / "junit.xml") == ["host-0", "host-1", "host-2"]
    assert names_in(tmp_path) == ["junit-2.xml", "junit-9.xml", "junit.xml"]


def test_a_fleet_that_stops_in_the_middle_leaves_the_old_report(
    tmp_path: Path, fleet: Callable[[int], list[Run]]
) -> None:
    def broken() -> object:
        yield from fleet(5)
        raise KeyboardInterrupt

    place = tmp_path / "junit.xml"
    place.write_text("old")
    with pytest.raises(KeyboardInterrupt):
        report_file.write_report(str(place), "junit", broken(), Options())  # type: ignore[arg-type]
    assert place.read_text() == "old"
    assert names_in(tmp_path) == ["junit.xml"]


def test_a_pipe_gets_the_whole_in_one(
    tmp_path: Path, fleet: Callable[[int], list[Run]], capfd: pytest.CaptureFixture[str]
) -> None:
    report_file.write_report("-", "junit", iter(fleet(10)), Options())
    assert len(etree.fromstring(capfd.readouterr().out.encode())) == 10


def test_one_host_that_is_too_large_is_divided_and_nothing_is_lost(
    tmp_path: Path, make_run: MakeRun, make_result: MakeResult
) -> None:
    huge = make_run([make_result(check=f"X-{n}") for n in range(200)])
    report_file.write_report(str(tmp_path / "junit.xml"), "junit", iter([huge, make_run([])]), Options())
    roots = [etree.parse(path).getroot() for path in tmp_path.iterdir()]
    names = [str(case.get("name")) for root in roots for case in root.iter("testcase")]
    assert len(names) == len(set(names)) == 201
    assert len({suite.get("id") for root in roots for suite in root}) == sum(len(root) for root in roots)
    assert {str(suite.get("hostname")) for root in roots for suite in root} == {"poste-042.lyon.example"}
    assert all(path.stat().st_size <= 40_000 for path in tmp_path.iterdir())


def test_a_directory_has_a_file_a_host_whatever_its_name(
    tmp_path: Path, sample_run: Run, silent_run: Run, hostile_run: Run
) -> None:
    upwards = silent_run._replace(target=TargetIdentity("../../up"))
    folder = tmp_path / "new" / "junit"
    junit.DirectoryReport.write_directory(
        str(folder), iter([sample_run, silent_run, hostile_run, upwards, silent_run]), Options()
    )
    names = names_in(folder)
    assert {"TEST-poste-042.lyon.example.xml", "TEST-poste-099.xml"} <= set(names)
    assert len({name.partition("-2.")[0] for name in names}) >= 5
    assert all(len(etree.parse(folder / name).getroot()) == 1 for name in names)
    assert names_in(tmp_path) == ["new"]
    silent = etree.parse(folder / "TEST-poste-099.xml").getroot()[0]
    assert silent.get("errors") == silent.get("tests") == "1"


def test_a_host_that_is_gone_leaves_no_file_behind_and_a_file_of_others_stays(
    tmp_path: Path, fleet: Callable[[int], list[Run]]
) -> None:
    (tmp_path / "TEST-mine.xml").write_text("<testsuites/>")
    junit.DirectoryReport.write_directory(str(tmp_path), fleet(3), Options())
    junit.DirectoryReport.write_directory(str(tmp_path), fleet(2), Options())
    assert names_in(tmp_path) == ["TEST-host-0.xml", "TEST-host-1.xml", "TEST-mine.xml"]


def test_a_large_host_goes_on_in_a_file_of_its_own(tmp_path: Path, make_run: MakeRun, make_result: MakeResult) -> None:
    huge = make_run([make_result(check=f"X-{n}") for n in range(60)])
    junit.DirectoryReport.write_directory(str(tmp_path), [huge], Options())
    host = "TEST-poste-042.lyon.example"
    assert {f"{host}.xml", f"{host}-2.xml"} <= set(names_in(tmp_path))
    assert sum(len(etree.parse(path).findall(".//testcase")) for path in tmp_path.iterdir()) == 60


def test_a_directory_that_cannot_be_is_a_clear_error(tmp_path: Path, sample_run: Run) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ReportError, match="cannot write into"):
        junit.DirectoryReport.write_directory(str(tmp_path / "file" / "x"), [sample_run], Options())
