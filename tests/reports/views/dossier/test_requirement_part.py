from __future__ import annotations

from pathlib import Path

from rempart_testing.dossier import make_dossier

from rempart_reports.views.document import Table
from rempart_reports.views.dossier.requirement_part import tell_requirements


def test_gaps_come_first_and_what_nothing_asks_is_listed_by_name(tmp_path: Path) -> None:
    (section,) = tell_requirements(make_dossier(tmp_path), "en")
    (table,) = (block for block in section.blocks if isinstance(block, Table))
    verdicts = [row[2] for row in table.rows]
    assert verdicts[0].startswith("gap found, on 3 of 4 hosts; not judged on 1")
    assert verdicts == sorted(verdicts, key=lambda text: not text.startswith("gap found"))
    assert "Nothing asks these: " in str(section.blocks)
    assert section.number == 48


def test_hosts_that_include_the_organisation_are_said_to(tmp_path: Path) -> None:
    dossier = make_dossier(tmp_path)
    first, *others = dossier.now.hosts
    first = first._replace(state=first.state._replace(platform="organisation"))
    said = "the organisation counts as one more"
    assert said not in str(next(tell_requirements(dossier, "en")))
    dossier = dossier._replace(now=dossier.now._replace(hosts=(first, *others)))
    assert said in str(next(tell_requirements(dossier, "en")))
