"""Held against the schemas of NIST (OSCAL 1.2.1, public domain), which lie in ``schemas``."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from rempart_testing.dossier import CRITICAL, HOSTILE, ask, fill, make_dossier
from rempart_testing.run import BEGINNING, make_result, make_run

from rempart_controller.dossier.gathering import read_content
from rempart_core.model.result import Run, State
from rempart_reports.formats.oscal import Oscal, tokenise
from rempart_store.store import Store

jsonschema_rs = pytest.importorskip("jsonschema_rs")
SCHEMAS = Path(__file__).parent / "schemas"
FRAMEWORKS = ("gdpr", "pci-dss-4.0.1", "iso-27001-2022", "nis2", "anssi-hygiene", "cis-8.1", "nist-800-53r5")
TOKEN = re.compile(r"[^\W\d][\w.-]*")


def _validate(document: Any, schema: str) -> None:
    text = (SCHEMAS / f"oscal_{schema}_schema.json").read_text(encoding="utf-8")
    errors = jsonschema_rs.validator_for(json.loads(text)).iter_errors(document)
    assert [f"{error.instance_path}: {error.message[:200]}" for error in errors] == []


def _documents(place: str, **wanted: Any) -> tuple[dict[str, Any], dict[str, Any], str]:
    oscal = Oscal(*ask(place, **wanted), wanted.get("language", "en"))
    results, plan = io.StringIO(), io.StringIO()
    oscal.write_results(results)
    oscal.write_plan(plan)
    text = results.getvalue()
    _validate(json.loads(text), "assessment-results")
    return json.loads(text)["assessment-results"]["results"][0], json.loads(plan.getvalue()), text


def plan_items(plan: dict[str, Any]) -> list[dict[str, str]]:
    """Return the items of a plan of action."""
    items: list[dict[str, str]] = plan["plan-of-action-and-milestones"]["poam-items"]
    return items


def _store(tmp_path: Path, runs: Sequence[Run]) -> str:
    place = str(tmp_path / "own.db")
    with Store.open(place) as store:
        store.save(runs)
    return place


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_fleet_with_all_states_is_valid_and_never_satisfied(tmp_path: Path, language: str) -> None:
    place = str(tmp_path / "s.db")
    fill(place)
    result, plan, text = _documents(place, frameworks=FRAMEWORKS, language=language)
    _validate(plan, "poam")
    states = {prop["value"] for one in result["observations"] for prop in one["props"] if prop["name"] == "state"}
    assert states == {"pass", "fail", "accepted", "error", "not_checked", "not_applicable"}
    assert {one["target"]["status"]["state"] for one in result["findings"]} == {"not-satisfied"}
    assert not re.search(r'"satisfied"|compliant|conforme', text)
    seen = {one["uuid"] for one in result["observations"]}
    named = {one["observation-uuid"] for finding in result["findings"] for one in finding["related-observations"]}
    assert named <= seen
    assert len(seen) == len(result["observations"])


def test_a_host_without_any_result_and_hostile_names_are_valid(tmp_path: Path) -> None:
    names = [HOSTILE, " ", "\x1b[31mred", "a\nb", "\ud800", "`x` _y_ [z](javascript:0)", "x" * 3000]
    finding = make_result(CRITICAL, State.FAIL, ["\x00\n", " "])
    runs = [make_run(name, BEGINNING, [finding] if number % 2 else []) for number, name in enumerate(names)]
    result, plan, _ = _documents(_store(tmp_path, runs))
    _validate(plan, "poam")
    assert len(result["local-definitions"]["inventory-items"]) == len(names)
    titles = [one["title"] for observation in result["observations"] for one in observation["subjects"]]
    assert not any("<script" in title for title in (*titles, *(item["description"] for item in plan_items(plan))))
    assert "\\`x\\` \\_y\\_ \\[z\\](javascript:0)" in titles


def test_a_store_in_which_nothing_was_asked_is_valid(tmp_path: Path) -> None:
    place = _store(tmp_path, [make_run("web", BEGINNING, [])])
    oscal = Oscal(*ask(place), "en")
    out = io.StringIO()
    oscal.write_results(out)
    document = json.loads(out.getvalue())
    _validate(document, "assessment-results")
    assert "observations" not in document["assessment-results"]["results"][0]


def test_what_passed_is_one_observation_with_the_oldest_answer(tmp_path: Path) -> None:
    runs = [make_run("a", BEGINNING, [make_result("A-1")]), make_run("b", BEGINNING + 60, [make_result("A-1")])]
    (one,) = _documents(_store(tmp_path, runs))[0]["observations"]
    assert (one["collected"], len(one["subjects"]), one["methods"]) == ("2023-11-14T22:13:20Z", 2, ["TEST"])


def test_the_organisation_is_examined_and_not_tested(tmp_path: Path) -> None:
    runs = [make_run("organisation", BEGINNING, [make_result("ORG-03")], platform="organisation")]
    (one,) = _documents(_store(tmp_path, runs))[0]["observations"]
    assert one["methods"] == ["EXAMINE"]


def test_the_same_store_gives_the_same_bytes_and_ids_of_version_5(tmp_path: Path) -> None:
    place = str(tmp_path / "s.db")
    fill(place)
    texts = [_documents(place)[2] for _ in range(2)]
    assert texts[0] == texts[1]
    assert {UUID(id_).version for id_ in re.findall(r'"uuid":"([^"]+)"', texts[0])} == {5}


def test_every_requirement_of_every_framework_is_a_token_of_its_own() -> None:
    content = read_content(FRAMEWORKS)
    tokens = [tokenise(id_, one) for id_, framework in content.frameworks.items() for one in framework.requirements]
    assert tokenise("gdpr", "32(1)(b)") == "gdpr-32.1.b"
    assert len(set(tokens)) == len(tokens) > 400
    assert all(TOKEN.fullmatch(token) for token in tokens)


def test_a_plan_has_an_item_for_each_check_with_findings(tmp_path: Path) -> None:
    oscal = Oscal(make_dossier(tmp_path), ask(str(tmp_path / "s.db"))[1], "en")
    out = io.StringIO()
    oscal.write_plan(out)
    items = json.loads(out.getvalue())["plan-of-action-and-milestones"]["poam-items"]
    assert [item["title"].split()[0] for item in items] == [CRITICAL, "ACC-01"]
