from __future__ import annotations

import re

import pytest
from rempart_testing.run import make_result

from rempart_core.model.result import FAILURES, UNJUDGED, State
from rempart_core.text import Text
from rempart_reports.views.dossier.phrase import name_hosts, tell_failure, tell_reason, tell_state


@pytest.mark.parametrize("failure", [*FAILURES, *UNJUDGED])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_reason_not_to_judge_has_its_words(failure: str, language: str) -> None:
    assert tell_failure(failure, language) != tell_failure("no such", language)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_state_and_no_reason_promises_anything(language: str) -> None:
    """The core's own words of a pass and of sources that disagree hold the word that no report may use."""
    for state in State:
        one = make_result("A-1", state, ["x"], reason=Text("all compliant", "tout est conforme"), failure="disagree")
        assert not re.search(r"\b(compliant|conformes?)\b", f"{tell_state(one, language)} {tell_reason(one, language)}")


def test_five_hosts_are_named() -> None:
    hosts = [f"h{number}" for number in range(1234)]
    assert name_hosts(hosts[:5], "en") == "h0, h1, h2, h3, h4"
    assert name_hosts(hosts, "en") == "h0, h1, h2, h3, h4, and 1,229 more"
