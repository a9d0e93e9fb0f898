"""The hosts' own records as a page: all changes, or one with what it touched; silent hosts are told apart."""

from __future__ import annotations

import lxml.html
import pytest

from rempart_controller.remediation.pages.endpoint_document import document_of
from rempart_controller.remediation.undo.endpoint_records import Endpoint, FoundChange
from rempart_core.text import Text
from rempart_reports.formats.html.document import lay_out

NOW = "2026-11-28T22:00:00Z"
TOUCHED = {"RMT-01": [("file", "/etc/ssh/sshd_config.d/10-rempart.conf"), ("service", "ssh")]}
OPEN = FoundChange("open", "", "ann@desk", 1_795_500_000, ("RMT-01",), armed=True, acts=2, touched=TOUCHED)
OLD = FoundChange("kept", "", "bob@desk", 1_795_400_000, ("USB-01",), acts=1)
SILENT = Endpoint(failure=Text("no route", "aucune route"))
FOUND = {"web": Endpoint({"c-1": OPEN, "c-0": OLD}), "app": Endpoint({"c-1": OPEN}), "db": Endpoint(), "gone": SILENT}


def told(found: dict[str, Endpoint], change: str, language: str) -> str:
    page = lxml.html.document_fromstring("".join(lay_out(document_of(found, change, NOW, language), language)))
    return " ".join(page.text_content().replace("\u00a0", " ").split())


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("en", ("2 changes on 2 hosts.", "open: 2 · kept: 1", "1 host did not answer: it is not known",
                "its timer will roll it back", "24 November 2026", "ann@desk", "no route", "Hosts without a record")),
        ("fr", ("2 changements sur 2 machines.", "ouvert : 2 · conservé : 1", "24 novembre 2026", "aucune route",
                "Machines sans enregistrement")),
    ],
)  # fmt: skip
def test_all_changes_stand_by_id_the_newest_first(language: str, parts: tuple[str, ...]) -> None:
    said = told(FOUND, "", language)
    for part in parts:
        assert part in said, part
    assert said.index("c-1") < said.index("c-0")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_one_change_says_what_it_touched_and_on_which_hosts_alike(language: str) -> None:
    found = {name: Endpoint({id_: one for id_, one in host.changes.items() if id_ == "c-1"}, host.failure)
             for name, host in FOUND.items()}  # fmt: skip
    said = told(found, "c-1", language)
    assert said.count("/etc/ssh/sshd_config.d/10-rempart.conf") == 1
    assert "RMT-01 web, app" in said
    assert "c-0" not in said


@pytest.mark.parametrize(
    ("found", "level", "headline"),
    [
        ({"web": Endpoint({"c-0": OLD})}, "good", "1 change on 1 host."),
        ({"web": Endpoint({"c-1": OPEN})}, "partial", "1 change on 1 host."),
        ({"web": Endpoint({"c-1": FoundChange("damaged")})}, "bad", "1 change on 1 host."),
        ({"web": Endpoint(), "gone": SILENT}, "bad", "No host has a record of a change."),
        ({"gone": SILENT}, "bad", "No host answered."),
    ],
)
def test_a_host_that_did_not_answer_and_a_damaged_record_are_not_called_good(
    found: dict[str, Endpoint], level: str, headline: str
) -> None:
    document = document_of(found, "", NOW, "en")
    assert (document.level, document.headline) == (level, headline)
