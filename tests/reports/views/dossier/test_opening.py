from __future__ import annotations

from pathlib import Path

from rempart_testing.dossier import make_dossier, write_registers

from rempart_core.model.check import ORGANISATION
from rempart_reports.views.document import Facts
from rempart_reports.views.dossier.opening import head_of, tell_coverage, tell_proof, tell_scope


def test_page_one_says_that_the_audit_is_incomplete_and_its_verdicts_provisional(tmp_path: Path) -> None:
    dossier = make_dossier(tmp_path)
    document = head_of(dossier, "en", ())
    told = " ".join(document.remarks)
    assert document.level == "bad"
    assert document.headline == "Open: 5 findings on 3 hosts (3 critical, 2 high)."
    assert "The audit is incomplete: 9 results that had to be judged could not be; 1 host did not answer." in told
    assert "Coverage: 42%." in told
    assert "Provisional" in told
    assert "last answer: 1 critical, 1 high." in told


def test_the_organisation_is_no_host(tmp_path: Path) -> None:
    dossier = make_dossier(tmp_path)

    def headline(*names: str, language: str = "en") -> str:
        lines = tuple(
            line._replace(state=line.state._replace(platform=ORGANISATION)) if line.state.name in names else line
            for line in dossier.now.hosts
        )
        return head_of(dossier._replace(now=dossier.now._replace(hosts=lines)), language, ()).headline

    assert headline("web-1") == "Open: 5 findings on 2 hosts and in the organisation (3 critical, 2 high)."
    assert "5 non-conformités sur 2 machines et dans l’organisation" in headline("web-1", language="fr")
    everybody = [line.state.name for line in dossier.now.hosts]
    assert headline(*everybody) == "Open: 5 findings in the organisation (3 critical, 2 high)."


def test_a_host_that_never_said_its_system_is_called_so(tmp_path: Path) -> None:
    dossier = make_dossier(tmp_path)
    first, *others = dossier.now.hosts
    first = first._replace(state=first.state._replace(platform=""))
    dossier = dossier._replace(now=dossier.now._replace(hosts=(first, *others)))
    (facts,) = tell_scope(dossier, "en").blocks
    assert isinstance(facts, Facts)
    assert dict(facts.pairs)["Systems"] == "not known (1), Linux (3)"


def test_where_nothing_was_judged_nothing_is_called_free_of_findings(tmp_path: Path) -> None:
    dossier = make_dossier(tmp_path)
    nothing = dossier.now._replace(kinds={"error": 4}, open=dict.fromkeys(dossier.now.open, 0))
    document = head_of(dossier._replace(now=nothing), "en", ())
    assert (document.headline, document.level) == ("Nothing could be judged.", "partial")


def test_scope_coverage_and_head_are_told(tmp_path: Path) -> None:
    dossier = make_dossier(tmp_path)
    scope, coverage, proof = (
        dict(pair for block in section.blocks if isinstance(block, Facts) for pair in block.pairs)
        for section in (tell_scope(dossier, "en"), tell_coverage(dossier.now, "en"), tell_proof(dossier, "en"))
    )
    assert (scope["Hosts"], scope["The organisation itself"], scope["Runs in the period"]) == ("4", "no", "4")
    assert (coverage["Judged"], coverage["Errors"], coverage["Silent hosts"]) == ("9", "3", "1")
    assert len(proof["Head of the chain"]) == 64
    unsigned = tell_proof(dossier._replace(head=""), "en")
    assert "nobody can verify" in str(unsigned)


def test_the_title_names_the_organisation_and_the_kind_of_document_once(tmp_path: Path) -> None:
    dossier = make_dossier(tmp_path, registers=write_registers(tmp_path / "o"))
    for language, kind in (("en", "Security report"), ("fr", "Rapport de sécurité")):
        told = head_of(dossier, language, ())
        assert (told.kind, told.title) == (kind, "Exemple SA")


def test_a_profile_is_named_as_it_is_asked_for_and_one_result_is_one(tmp_path: Path) -> None:
    dossier = make_dossier(tmp_path)
    hosts = tuple(one._replace(state=one.state._replace(profile="supports-cis-x")) for one in dossier.now.hosts)
    now = dossier.now._replace(hosts=hosts, gaps=1)
    (facts,) = tell_scope(dossier._replace(now=now), "fr").blocks
    assert isinstance(facts, Facts)
    assert dict(facts.pairs)["Profils"] == "supports-cis-x (4)"
    told = " ".join(head_of(dossier._replace(now=now), "fr", ()).remarks)
    assert "1 résultat qui devait être jugé n’a pas pu l’être\u202f;" in told
