"""The audit of an organisation: its name, its checks whatever the profile, its waivers, and that a sample says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.organisation import day, live_results, write_organisation

from rempart_agent.audit.organisation import audit
from rempart_agent.audit.request import Request
from rempart_core.error import ContentError, UsageError
from rempart_core.model.result import State


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_organisation(tmp_path / "registers")


def test_a_profile_of_machines_asks_an_organisation_all_and_one_of_a_framework_what_it_names(folder: Path) -> None:
    asked = {name: len(audit(Request(profile=name), str(folder), live_results()).results) for name in ("", "server")}
    assert asked == {"": 24, "server": 24}
    gdpr = {one.check for one in audit(Request(profile="gdpr-32"), str(folder), live_results()).results}
    assert "ORG-14" in gdpr
    assert "ORG-17" not in gdpr  # articles 33 and 34


def test_parameters_and_waivers_hold_as_they_do_for_machines(folder: Path, tmp_path: Path) -> None:
    strict = Request(globs=("ORG-24",), parameters=("ORG-24.procedure_max_age_d=60",))
    (result,) = audit(strict, str(folder), live_results()).results
    assert result.state is State.FAIL
    waivers = tmp_path / "waivers.yaml"
    waivers.write_text(
        "waivers:\n  - {check: ORG-24, target: Example, owner: p-001, reason: under way, "
        f"ticket: T-1, end: {day(-30)}}}\n"
    )
    (result,) = audit(strict._replace(waivers=str(waivers)), str(folder), live_results()).results
    assert result.waived


def test_a_waiver_that_lasts_longer_than_the_profile_allows_is_refused(folder: Path, tmp_path: Path) -> None:
    profile = tmp_path / "own" / "profiles" / "short.yaml"
    profile.parent.mkdir(parents=True)
    profile.write_text("title: {en: s, fr: s}\nextends: organisation\nmax_waiver_days: 7\n", encoding="utf-8")
    waivers = tmp_path / "waivers.yaml"
    waivers.write_text(
        "waivers:\n  - {check: ORG-24, target: Example, owner: p-001, reason: under way, "
        f"ticket: T-1, end: {day(-30)}}}\n"
    )
    ask = Request(profile="short", directories=(str(tmp_path / "own"),), waivers=str(waivers))
    with pytest.raises(ContentError):
        audit(ask, str(folder), live_results())


def test_a_name_that_a_machine_has_is_told_apart_and_a_folder_names_who_has_none(folder: Path) -> None:
    ask = Request(globs=("ORG-24",))
    assert audit(ask, str(folder), live_results(), ["web-1"]).target.name == "Example"
    assert audit(ask, str(folder), live_results(), ["Example"]).target.name == "Example (organisation)"
    (folder / "organisation.yaml").unlink()
    assert audit(ask, str(folder), live_results()).target.name == "registers"


def test_an_invented_organisation_is_called_so_in_every_report(folder: Path) -> None:
    file = folder / "organisation.yaml"
    file.write_text(file.read_text() + "sample: true\n")
    run = audit(Request(globs=("ORG-24",)), str(folder), live_results())
    assert any("SAMPLE" in note.en and "EXEMPLE" in note.fr for note in run.notes)


def test_a_folder_that_is_not_there_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        audit(Request(), str(tmp_path / "nowhere"), live_results())
