"""The changes made from here as a page: each with its hosts, outcomes and undo; what can't be read hides nothing."""

from __future__ import annotations

import lxml.html
import pytest

from rempart_controller.remediation.pages.change import Listed
from rempart_controller.remediation.pages.change_document import document_of
from rempart_controller.remediation.records.change import ChangeRecord
from rempart_controller.remediation.records.outcome import FixOutcome, HostOutcome
from rempart_core.messages.message import as_is
from rempart_core.model.fix_outcome import Outcome
from rempart_core.text import Text, same
from rempart_reports.formats.html.document import lay_out
from rempart_reports.views.document import Entry, Table

TITLES = {"RMT-01": Text("No root", "Pas de root")}
NOW = "2026-11-28T22:00:00Z"
FIXED = FixOutcome(Outcome.FIXED, before=(Text("root: yes", "root : yes"),), after=(Text("root: no", "root : no"),))
FAILED = FixOutcome(Outcome.NOT_APPLIED, Text("no key", "pas de clé"))


def change(id_: str, *hosts: HostOutcome) -> Listed:
    named = {host.name: host for host in hosts}
    return Listed(id_, ChangeRecord(id_, "p-1", "2026-11-25T13:00:00Z", "ann@desk", ("/srv/hosts",), named))


def kept(name: str) -> HostOutcome:
    notes = [Text("the network was down", "le réseau était coupé")]
    return HostOutcome(name, "kept", {"RMT-01": FIXED, "USB-01": FAILED}, begun=True, notes=notes)


FIRST = change("c-1", kept("web"), kept("db"))
SECOND = change("c-2", HostOutcome("web", "reverted", {"RMT-01": FixOutcome(Outcome.ROLLED_BACK)}, begun=True))
BROKEN = Listed("c-3", None, as_is("changed after it was signed"))


def told(changes: list[Listed], language: str) -> str:
    laid_out = "".join(lay_out(document_of(changes, NOW, language, TITLES), language))
    page = lxml.html.document_fromstring(laid_out.replace("</t", " </t"))
    return " ".join(page.text_content().replace("\u00a0", " ").split())


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("en", ("3 changes.", "cannot be read: 1 · not rolled back: 1 · rolled back: 1", "28 November 2026",
                "changed after it was signed", "2 fixed, 2 not applied · not rolled back",
                "at most 3 things each", "RMT-01 No root db, web fixed root: yes root: no",
                "USB-01 db, web not applied – – no key",
                "web: the network was down", "rempart rollback c-1", "/srv/hosts", "ann@desk")),
        ("fr", ("3 changements.", "illisible : 1 · non annulé : 1 · annulé : 1", "28 novembre 2026", "pas de clé",
                "RMT-01 Pas de root db, web corrigé root : yes root : no", "web : le réseau était coupé",
                "non appliqué – – pas de clé", "Avant", "Après")),
    ],
)  # fmt: skip
def test_the_newest_change_comes_first_with_all_that_came_of_each(language: str, parts: tuple[str, ...]) -> None:
    said = told([FIRST, SECOND, BROKEN], language)
    for part in parts:
        assert part in said, part
    assert said.index("c-3") < said.index("c-2") < said.index("c-1")
    assert "rollback c-2" not in said  # nothing of it stands


def test_a_record_that_cannot_be_read_and_a_lost_host_are_not_called_good() -> None:
    assert document_of([SECOND], NOW, "en").level == "good"
    assert document_of([FIRST], NOW, "en").level == "partial"
    assert document_of([SECOND, BROKEN], NOW, "en").level == "bad"
    assert document_of([change("c-1", HostOutcome("web", "lost", begun=True))], NOW, "en").level == "bad"


def test_many_hosts_and_changes_are_folded_and_none_is_left_out() -> None:
    page = lxml.html.document_fromstring(
        "".join(lay_out(document_of([change(f"c-{n}", kept("web")) for n in range(80)], NOW, "en"), "en"))
    )
    assert page.xpath("string(//section[@id='s-1']/details/summary)") == "30 more"
    assert len(page.find_class("check")) == 80
    hosts = [kept(f"host-{n}") for n in range(40)]
    page = lxml.html.document_fromstring("".join(lay_out(document_of([change("c-1", *hosts)], NOW, "en"), "en")))
    assert len(page.xpath("//article/div[@class='scroll'][1]//tbody/tr")) == 10
    assert page.xpath("string(//article/details/summary)") == "30 more"
    named = {row.text for row in page.xpath("//tbody//th")}
    assert named == {*(host.name for host in hosts), "RMT-01", "USB-01"}


def test_without_changes_it_says_so() -> None:
    document = document_of([], NOW, "fr")
    assert (document.headline, document.parts) == ("Aucun changement n’a été fait d’ici.", ())


def test_what_was_not_seen_before_or_after_is_not_made_up() -> None:
    untold = HostOutcome("web", "kept", {"RMT-01": FixOutcome(Outcome.FIXED, after=(same("root: no"),))}, begun=True)
    (entry,) = document_of([change("c-1", untold)], NOW, "en").parts[0].blocks
    assert isinstance(entry, Entry)
    (seen,) = (one for one in entry.blocks if isinstance(one, Table) and "Before" in one.heads)
    assert seen.heads == ("Check", "Outcome", "Before", "After")  # one host, and nothing that needs a reason
    assert seen.rows == (("RMT-01", "fixed", "–", "root: no"),)
