"""What changed, as a page: what got worse first, with what appeared and since when; silent and new hosts."""

from __future__ import annotations

import lxml.html
import pytest

from rempart_core.model.check import Severity
from rempart_core.model.history import Change, Drift, HostState, NotCompared, Standing
from rempart_core.model.result import State
from rempart_core.text import Text
from rempart_reports.formats.html.document import lay_out
from rempart_reports.views.drift_document import document_of

DAY = 86_400
THEN, NOW = 1_795_500_000, 1_795_500_000 + DAY
TITLE = Text("Firewall <filters>", "Pare-feu <filtre>")


def standing(state: State, since: int = NOW, **detail: object) -> Standing:
    found = Standing(
        "web", "all", "FWL-01", TITLE, state, Severity.CRITICAL, waived=False, since=since, failing_since=THEN
    )
    return found._replace(detail=detail)


def host(name: str, *, silent: bool = False) -> HostState:
    counts = dict.fromkeys(("pass", "fail", "error", "not_applicable", "not_checked", "waived"), 0)
    open_ = {severity.value: 0 for severity in Severity} | {"high": 2}
    reason = Text("no route", "aucune route") if silent else Text("", "")
    return HostState(name, "all", "linux", "", "", "", NOW, None if silent else NOW, silent, counts, open_, reason)


WORSE = Change("worse", standing(State.PASS), standing(State.FAIL), tuple(f"thing-{n}" for n in range(25)))
BETTER = Change("better", standing(State.FAIL), standing(State.PASS))


def told(drift: Drift, language: str) -> str:
    page = lxml.html.document_fromstring("".join(lay_out(document_of(drift, language), language)))
    return " ".join(page.text_content().replace("\u00a0", " ").split())


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("en", ("Got worse: 1.", "Hosts compared: 3.", "FWL-01", "web · Firewall <filters>", "pass → fail, critical",
                "+ thing-24", "15 more", "24 November 2026, 06:00 UTC",
                "gone", "no route", "last answer never", "2 high", "back again")),
        ("fr", ("24 novembre 2026 à 06 h 00 UTC", "15 de plus",
                "Dégradations : 1.", "réussi → en échec, critique", "Pare-feu <filtre>", "aucune route",
                "Machines sans réponse", "2 élevée")),
    ],
)  # fmt: skip
def test_all_that_changed_is_told_and_what_got_worse_first(language: str, parts: tuple[str, ...]) -> None:
    drift = Drift(
        THEN, NOW, (BETTER, WORSE), (host("new"),), (host("gone", silent=True),), ("back again",), ("gone",), 3
    )
    said = told(drift, language)
    for part in parts:
        assert part in said, part
    document = document_of(drift, language)
    assert document.level == "bad"
    assert [len(part.blocks) for part in document.parts] == [1] * 5
    assert said.index("thing-0") < said.index("→ pass" if language == "en" else "→ réussi")


def test_hundreds_of_changes_and_hosts_are_folded_and_none_is_left_out() -> None:
    changes = tuple(WORSE._replace(new=standing(State.FAIL)._replace(host=f"host-{n}")) for n in range(300))
    silent = tuple(host(f"gone-{n}", silent=True) for n in range(100))
    drift = Drift(THEN, NOW, changes, (), silent, tuple(f"back-{n}" for n in range(100)), (), 400)
    page = lxml.html.document_fromstring("".join(lay_out(document_of(drift, "en"), "en")))
    folds = page.xpath("//section/details")
    assert [fold.xpath("string(summary)") for fold in folds] == ["250 more", "70 more", "70 more"]
    assert len(page.xpath("//section[@id='s-1']/article")) == 50
    words = {word for text in page.itertext() for word in text.split()}
    assert words >= {f"host-{n}" for n in range(300)} | {f"gone-{n}" for n in range(100)}
    assert words >= {f"back-{n}" for n in range(100)}


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        (
            "en",
            ("Hosts compared: 3.", "Not asked since: 1.", "Compared in part: 1.", "AAA-02 1", "Checks not asked there"),
        ),
        ("fr", ("Non interrogées depuis : 1.", "Comparées en partie : 1.", "Vérifications non demandées depuis")),
    ],
)
def test_what_nobody_asked_is_told_and_not_called_unchanged(language: str, parts: tuple[str, ...]) -> None:
    drift = Drift(THEN, NOW, (), (), (), (), (), 3, NotCompared(("db",), ("web",), (("AAA-02", 1),)))
    page = lxml.html.document_fromstring("".join(lay_out(document_of(drift, language), language)))
    said = " ".join(" ".join(page.itertext()).replace("\u00a0", " ").split())
    for part in (*parts, "db", "web"):
        assert part in said, part
    assert document_of(drift, language).level == "partial"


def test_nothing_that_changed_is_said() -> None:
    document = document_of(Drift(THEN, NOW, (), (), (), (), (), 3), "en")
    assert (document.level, document.headline) == ("good", "Nothing got worse.")
    assert "Nothing changed." in document.remarks


def test_nothing_is_claimed_of_a_new_host_that_never_answered() -> None:
    mute = host("mute", silent=True)._replace(open=dict.fromkeys((severity.value for severity in Severity), 0))
    said = told(Drift(THEN, NOW, (), (mute,), (mute,), (), ("mute",), 0), "en")
    assert "it never answered, nothing is known of it" in said
    assert "No open finding" not in said
