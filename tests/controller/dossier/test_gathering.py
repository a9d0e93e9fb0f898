from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rempart_testing.dossier import BEGINNING, DAY, ask, fill, make_dossier, write_registers
from rempart_testing.run import make_run

from rempart_controller.dossier.gathering import read_content
from rempart_core.error import UsageError
from rempart_reports.views.document import Facts
from rempart_reports.views.dossier.opening import tell_coverage
from rempart_store.store import Store


def _refused(tmp_path: Path, **wanted: Any) -> str:
    place = str(tmp_path / "s.db")
    if not Path(place).exists():
        fill(place)
    with pytest.raises(UsageError) as found:
        ask(place, **wanted)
    return str(found.value)


def test_a_store_without_runs_and_dates_outside_it_are_told_apart(tmp_path: Path) -> None:
    empty = str(tmp_path / "empty.db")
    Store.open(empty).close()
    with pytest.raises(UsageError, match="contains no run"):
        ask(empty)
    assert "--at 2023-11-13: the first run of the store is of 2023-11-14T22:13:20Z" in _refused(
        tmp_path, at="2023-11-13"
    )
    assert "--from 2023-11-01: the first run" in _refused(tmp_path, since="2023-11-01")
    assert "is not before the date of the report" in _refused(tmp_path, since="2023-11-16", at="2023-11-16")
    assert "the store contains no run 9" in _refused(tmp_path, at="9")


def test_a_sample_needs_a_head_and_a_framework_has_to_be_known(tmp_path: Path) -> None:
    assert "--sample needs a chain of signed runs" in _refused(tmp_path, sample=3)
    assert "gdpr" in _refused(tmp_path, frameworks=("gdrp",))


def test_an_earlier_date_has_the_answers_and_the_head_of_then(tmp_path: Path) -> None:
    now = make_dossier(tmp_path)
    then, _ = ask(str(tmp_path / "s.db"), at="2")
    assert (now.now.silent, then.now.silent) == (1, 0)
    assert then.now.at == BEGINNING + DAY
    assert then.head
    assert then.head != now.head
    assert (then.runs, now.runs) == (2, 4)


def test_the_date_of_the_report_is_the_one_that_is_given_so_that_old_answers_look_old(tmp_path: Path) -> None:
    """Take the given date away, and a fleet that nobody audits any more looks as fresh as on its last day."""
    place = str(tmp_path / "s.db")
    fill(place)
    dossier, _ = ask(place, at="2023-12-31")
    assert dossier.now.at == 1_704_067_199
    oldest = next(block for block in tell_coverage(dossier.now, "en").blocks if isinstance(block, Facts)).pairs[-1]
    assert oldest == ("Oldest answer that counts", "44 days")
    assert "in the future" in _refused(tmp_path, at="2999-01-01")


def test_the_organisation_is_never_drawn(tmp_path: Path) -> None:
    dossier = make_dossier(tmp_path)
    place = str(tmp_path / "s.db")
    with Store.open(place) as store:
        store.save([make_run("organisation", BEGINNING + 5 * DAY, [], platform="organisation")])
    again, _ = ask(place, sample=99)
    assert len(again.now.hosts) == len(dossier.now.hosts) + 1
    assert "organisation" not in {one.host for one in again.sample}


def test_registers_are_read_as_of_the_date_of_the_report(tmp_path: Path) -> None:
    dossier = make_dossier(tmp_path, registers=write_registers(tmp_path / "o"))
    assert dossier.registers is not None
    assert dossier.registers.now == dossier.now.at
    assert dossier.registers["people"].rows


def test_the_catalogue_has_a_digest_of_all_its_checks() -> None:
    content = read_content(("gdpr",))
    assert len(content.digest) == 64
    assert list(content.frameworks) == ["gdpr"]
    assert read_content(("gdpr",)).digest == content.digest
