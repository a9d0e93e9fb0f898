"""What an undo would do as a page: what stays and why, first; a host of which nothing is known is no success."""

from __future__ import annotations

import lxml.html
import pytest

from rempart_controller.remediation.pages.foreseen_document import document_of
from rempart_controller.remediation.undo.dry_run import Foreseen
from rempart_core.text import NOTHING, Text
from rempart_reports.formats.html.document import lay_out

NOW = "2026-11-28T22:00:00Z"
BACK = ("RMT-01", "back", "/etc/ssh/sshd_config.d/10-rempart.conf", NOTHING, "")
MOVED = ("USB-01", "moved", "/etc/modprobe.d/usb.conf", Text("ann changed it", "ann l’a modifié"), "rm it")
SILENT = Foreseen(failure=Text("no route", "aucune route"), silent=True)


def told(found: dict[str, Foreseen], language: str) -> str:
    page = lxml.html.document_fromstring("".join(lay_out(document_of("c-1", found, NOW, language), language)))
    return " ".join(page.text_content().replace("\u00a0", " ").split())


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("en", ("Not everything would come back.", "back: 1 · moved since: 1", "did not answer · no route",
                "ann changed it · by hand: rm it", "28 November 2026", "nothing was changed")),
        ("fr", ("Tout ne serait pas rétabli.", "rétabli : 1 · modifié depuis : 1", "sans réponse · aucune route",
                "ann l’a modifié · à la main : rm it", "rien n’a été modifié")),
    ],
)  # fmt: skip
def test_what_stays_comes_first_with_its_reason(language: str, parts: tuple[str, ...]) -> None:
    said = told({"web": Foreseen([BACK, MOVED]), "gone": SILENT}, language)
    for part in parts:
        assert part in said, part
    assert said.index("/etc/modprobe.d") < said.index("/etc/ssh")


@pytest.mark.parametrize(
    ("found", "level", "headline"),
    [
        ({"web": Foreseen([BACK])}, "good", "Everything would come back on 1 host."),
        ({"web": Foreseen()}, "good", "Nothing to roll back on 1 host."),
        ({"web": Foreseen([BACK]), "db": Foreseen([MOVED])}, "partial", "Not everything would come back."),
        ({"web": Foreseen([BACK]), "gone": SILENT}, "bad", "Not everything would come back."),
        ({"gone": SILENT}, "bad", "It is not known what would come back."),
    ],
)
def test_only_what_is_known_whole_is_called_whole(found: dict[str, Foreseen], level: str, headline: str) -> None:
    document = document_of("c-1", found, NOW, "en")
    assert (document.level, document.headline) == (level, headline)
