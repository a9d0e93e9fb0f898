from __future__ import annotations

from pathlib import Path

from rempart_testing.dossier import CRITICAL, WAIVED, make_dossier

from rempart_core.model.check import ORGANISATION
from rempart_reports.views.document import Entry, Table
from rempart_reports.views.dossier.finding_part import tell_accepted, tell_findings


def test_a_finding_says_where_it_is_since_when_and_what_it_contributes_to(tmp_path: Path) -> None:
    first, second = tell_findings(make_dossier(tmp_path), "en").blocks
    assert isinstance(first, Entry)
    assert (first.name, first.severity, first.tag) == (CRITICAL, "critical", "critical, on 3 of 4 hosts")
    assert "14 November 2023, open for 3 days" in str(first.blocks)
    assert "gdpr 32(1)(a)" in str(first.blocks)
    assert isinstance(second, Entry)
    assert second.tag == "high, on 2 of 4 hosts"


def test_a_finding_of_the_organisation_is_on_no_host(tmp_path: Path) -> None:
    dossier = make_dossier(tmp_path)
    finding = dossier.now.findings[0]
    own = finding.hosts[0]
    lines = tuple(
        line._replace(state=line.state._replace(platform=ORGANISATION)) if line.state.name == own else line
        for line in dossier.now.hosts
    )
    now = dossier.now._replace(hosts=lines, findings=(finding._replace(hosts=(own,), asked=1), finding))
    first, second = tell_findings(dossier._replace(now=now), "en").blocks
    assert isinstance(first, Entry)
    assert first.tag == "critical, in the organisation"
    assert "Hosts" not in str(first.blocks)
    assert isinstance(second, Entry)
    assert second.tag == "critical, on 3 of 4 hosts"


def test_an_exception_says_who_decided_and_until_when(tmp_path: Path) -> None:
    now = make_dossier(tmp_path).now
    (table,) = tell_accepted(now, "en").blocks
    assert isinstance(table, Table)
    assert table.rows == ((WAIVED, "3 hosts", "replaced in spring", "CISO", "31 March 2027", "in force"),)
    (expired,) = now.accepted
    (table,) = tell_accepted(now._replace(accepted=(expired._replace(expired=True),)), "en").blocks
    assert isinstance(table, Table)
    assert table.rows[0][-1] == "expired: no effect"


def test_an_exception_of_the_organisation_is_none_on_a_host(tmp_path: Path) -> None:
    now = make_dossier(tmp_path).now
    (one,) = now.accepted
    own = one.hosts[0]
    lines = tuple(
        line._replace(state=line.state._replace(platform=ORGANISATION)) if line.state.name == own else line
        for line in now.hosts
    )
    accepted = (one._replace(hosts=(own,)), one)
    (table,) = tell_accepted(now._replace(hosts=lines, accepted=accepted), "en").blocks
    assert isinstance(table, Table)
    assert [row[1] for row in table.rows] == ["the organisation", "2 hosts, the organisation"]
