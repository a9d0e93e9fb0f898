"""A plan as a page tells all that the terminal tells: each fix with its hosts, what is left, what was not judged."""

from __future__ import annotations

from dataclasses import replace

import lxml.html
import pytest

from rempart_controller.remediation.pages.plan_document import document_of
from rempart_controller.remediation.records.plan import FixPlan, LeftOut, PlannedFix, PlannedHost, Step
from rempart_reports.formats.html.document import lay_out

DIFF = ("--- /etc/motd", "+++ /etc/motd", "@@ -1 +1 @@", *(f"+line {n}" for n in range(20)))
FIX = PlannedFix(
    "RMT-01", "remote_access", ("root cannot log in", "root ne se connecte pas"), "high", "lockout", "00",
    ("PermitRootLogin",), {}, (Step("RMT-01 | Refuse", "changed", "", DIFF), Step("Ask", "failed", "no\nsensor")),
    partly=("the old key", "l’ancienne clé"),
)  # fmt: skip
BLOCKED = replace(FIX, blocked=("PRE-01 no key", "PRE-01 sans clé"), steps=())
LEFT = LeftOut("DSK-01", ("encrypt", "chiffrer"), "critical", "manual", ("do it\nslowly", "à faire\nlentement"))
PLAN = FixPlan(
    "p-1", "2026-11-25T13:00:00Z", "ann@desk", ("/srv/hosts",), "cafe",
    hosts=(
        PlannedHost("web", "all", "linux", "Debian", "Mon 20:00-22:00", fixes=(FIX,), left=(LEFT,),
                    unjudged=("PAT-01",)),
        PlannedHost("db", "all", "linux", "Debian", fixes=(BLOCKED,), left=(replace(LEFT, kind="waived"),)),
        PlannedHost("gone", "all", silent=("no route", "aucune route")),
    ),
    accept_lost=("anna",),
)  # fmt: skip
TOLD = {
    "en": (
        "25 November 2026", "ann@desk", "1 to fix on 1 host, 1 not applied", "can cut off access",
        "not applied: PRE-01 no key",
        "found: PermitRootLogin", "a rollback cannot restore: the old key", "Refuse: /etc/motd", "+line 19",
        "check mode failed here: no", "do it", "slowly", "On web", "gone", "no route", "PAT-01", "anna", "Mon 20:00",
        "Next: rempart apply PLAN",
    ),
    "fr": (
        "25 novembre 2026", "1 à corriger sur 1 machine, non appliqué : 1", "peut couper l’accès",
        "non appliqué : PRE-01 sans clé",
        "l’annulation ne rétablit pas : l’ancienne clé", "lentement", "aucune route", "Machines sans réponse",
        "Sur web",
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_tells_all_that_is_planned_and_why_the_rest_is_not(language: str) -> None:
    page = lxml.html.document_fromstring("".join(lay_out(document_of(PLAN, language), language)))
    told = " ".join(page.text_content().split())
    for part in TOLD[language]:
        assert part in told.replace("\u00a0", " "), part
    assert "@@" not in told
    assert page.find_class("v-bad")  # a host is silent


def test_a_plan_of_nothing_says_so_and_offers_nothing() -> None:
    document = document_of(replace(PLAN, hosts=(PlannedHost("web", "all"),)), "en")
    assert document.level == "good"
    assert document.remarks == ("Nothing to fix.",)
