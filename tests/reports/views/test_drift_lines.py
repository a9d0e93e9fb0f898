"""The lines of what changed: what got worse with its hosts, what became of hosts, and how much else."""

from __future__ import annotations

import pytest

from rempart_core.model.check import Severity
from rempart_core.model.result import State
from rempart_core.text import Text
from rempart_reports.views.drift import Change, Drift
from rempart_reports.views.drift_lines import name_hosts, tell_drift


def changed(kind: str, host: str, was: State, now: State, *items: str) -> Change:
    title = Text("A firewall", "Un pare-feu")
    return Change(kind, host, "FWL-01", title, Severity.HIGH, was, now, items)


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        (
            "en",
            ("Got worse", "high      FWL-01  pass → fail  A firewall", "a (eve), b", "Fell silent: c", "got better 1"),
        ),
        ("fr", ("S’est dégradé", "FWL-01  réussi → en échec  Un pare-feu", "s’est amélioré 1")),
    ],
)
def test_what_got_worse_is_told_with_its_hosts_and_the_rest_is_counted(language: str, parts: tuple[str, ...]) -> None:
    changes = {
        "a": (changed("worse", "a", State.PASS, State.FAIL, "eve"),),
        "b": (changed("worse", "b", State.PASS, State.FAIL),),
        "d": (changed("better", "d", State.FAIL, State.PASS),),
    }
    text = "".join(tell_drift(Drift("2026-11-24T02:31:00Z", changes, 4, {"c": "fallen_silent"}), language))
    for part in parts:
        assert part in text, part


def test_nothing_that_changed_is_said() -> None:
    assert "Nothing changed." in "".join(tell_drift(Drift("2026-11-24T02:31:00Z", {}, 4), "en"))


def test_hosts_that_are_not_named_are_counted() -> None:
    assert name_hosts(["a", "b"], 5, "en") == "a, b, and 3 more"
    assert "\x1b" not in name_hosts(["a\x1b[31m"], 1, "en")
    assert name_hosts(["a"], 1, "fr") == "a"
