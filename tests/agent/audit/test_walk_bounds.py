"""A walk of the file systems: asked for, or not; last, with time of its own, and with bounds that are given."""

from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.check import write_check, write_profiles

from rempart_agent.audit.pipeline import audit
from rempart_agent.audit.request import Request
from rempart_agent.audit.walk_bounds import walks
from rempart_agent.commands.main import main
from rempart_agent.engines.embedded.engine import Embedded
from rempart_core.content.checkfile import read_checks
from rempart_core.content.place import content_root
from rempart_core.model.check import Severity
from rempart_core.model.gate import exit_status
from rempart_core.model.result import Answer, EngineIdentity, Result, Run, State


def judge(root: Path, **asked: object) -> Run:
    (root / "etc").mkdir(parents=True, exist_ok=True)
    (root / "etc/os-release").write_text('ID=debian\nNAME="Debian"\n')
    for name in ("etc/passwd", "etc/group"):
        (root / name).write_text("root:x:0:0::/root:/bin/sh\n")
    return audit(Request(root=str(root), role="server", profile="all", globs=("FIL-03", "IMG-03"), **asked), print)  # type: ignore[arg-type]


def fil(run: Run) -> Result:
    return next(result for result in run.results if result.check == "FIL-03")


def test_without_root_it_is_the_walk_that_is_asked_for_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Embedded, "identity", lambda _: EngineIdentity("embedded", "1", "tester", privileged=False))
    assert fil(judge(tmp_path)).failure == "not_walked"
    assert fil(judge(tmp_path, walk=True)).failure == "privilege"


def test_unwalked_it_is_not_checked_which_is_no_gap_and_is_counted(tmp_path: Path) -> None:
    run = judge(tmp_path)
    assert fil(run).state is State.NOT_CHECKED
    assert fil(run).failure == "not_walked"
    assert fil(run).reason.en == "the file systems were not walked (--walk)"
    passed = fil(run)._replace(check="TST-01", state=State.PASS, failure="")
    assert exit_status(run._replace(results=[fil(run), passed]), Severity.LOW) == 0
    assert exit_status(run._replace(results=[fil(run)]), Severity.LOW) == 3  # nothing was judged at all


def test_walked_it_is_judged_with_the_bounds_of_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "sh").write_text("x")
    (tmp_path / "sh").chmod(0o4755)
    found = fil(judge(tmp_path, walk=True, walk_entries=1000, walk_seconds=30))
    assert found.state is State.FAIL
    assert (found.parameters["walk_entries"], found.parameters["walk_seconds"]) == (1000, 30)
    assert found.evidence
    assert [row["item"] for row in found.evidence.rows if row["ok"] == "0"] == ["/sh"]
    short = fil(judge(tmp_path, walk=True, walk_entries=2))
    assert short.state in (State.ERROR, State.FAIL)


def test_a_walk_has_time_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, float] = {}
    real = Embedded.query

    def query(self: Embedded, sql: str, deadline: float = 1.0, *more: int) -> Answer:
        given["walk" if "rempart_walk" in sql else "other"] = deadline
        return real(self, sql, deadline, *more)

    monkeypatch.setattr(Embedded, "query", query)
    judge(tmp_path, walk=True, walk_seconds=600)
    assert given["walk"] == 620
    assert given["other"] < 600


def test_a_profile_says_whether_and_the_command_line_wins(tmp_path: Path) -> None:
    assert judge(tmp_path / "a").profile == "all"
    by_profile = audit(Request(root=str(tmp_path / "a"), profile="image", globs=("FIL-03",)), print)
    assert fil(by_profile).failure != "not_walked"
    against = audit(Request(root=str(tmp_path / "a"), profile="image", globs=("FIL-03",), walk=False), print)
    assert fil(against).failure == "not_walked"


def test_a_check_that_is_asked_besides_is_walked_for(tmp_path: Path) -> None:
    """What a plan was made for has to be measured again when it is applied, whatever the profile says."""
    assert fil(judge(tmp_path / "a", also=("FIL-03",))).failure != "not_walked"
    assert fil(judge(tmp_path / "a", also=("FIL-05",))).failure == "not_walked"
    assert fil(judge(tmp_path / "a", also=("FIL-03",), walk=False)).failure == "not_walked"


def test_a_profile_inherits_the_walk_and_may_end_it(tmp_path: Path) -> None:
    from rempart_core.content.profilefile import read_profiles

    write_check(tmp_path, 1)
    write_profiles(tmp_path)
    title = "title: {en: x, fr: x}\n"
    for name, text in {
        "deep": "all: true\nwalk: true\n",
        "below": "extends: deep\n",
        "beside": "extends: [plain, deep]\n",
        "ended": "extends: deep\nwalk: false\n",
        "plain": "all: true\n",
    }.items():
        (tmp_path / "profiles" / f"{name}.yaml").write_text(title + text)
    profiles = {one.name: one for one in read_profiles([str(tmp_path)], read_checks([str(tmp_path)]))}
    walks = {name: bool(profiles[name].walk) for name in ("deep", "below", "beside", "ended", "plain")}
    assert walks == {"deep": True, "below": True, "beside": True, "ended": False, "plain": False}


def test_the_name_of_the_table_as_a_text_is_no_walk() -> None:
    checks = read_checks([content_root() + "/checks"])
    walking = {check.id for check in checks if walks(check.platforms.get("linux"))}
    assert walking == {
        "AUD-12",
        "FIL-01",
        "FIL-02",
        "FIL-03",
        "FIL-04",
        "PRV-08",
    }  # AGT-01 names the table, and asks it nothing


@pytest.mark.parametrize("words", [["--walk-seconds", "0"], ["--walk-seconds", "3601"], ["--walk-entries", "x"]])
def test_bounds_that_are_none_are_refused(words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["run", *words])
    assert ended.value.code == 2


def test_only_images_and_benchmarks_are_walked_by_themselves() -> None:
    from rempart_core.content.profilefile import read_profiles

    folder = content_root() + "/checks"
    walking = {one.name for one in read_profiles([folder], read_checks([folder])) if one.walk}
    assert walking == {"image"} | {
        one.name for one in read_profiles([folder], read_checks([folder])) if one.name.startswith("supports-")
    }
