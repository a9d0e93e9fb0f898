"""The pages of frameworks: a gap anywhere is one, and what nobody judged is not called seen."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from rempart_core.model.check import Severity
from rempart_core.text import NOTHING
from rempart_server.pages.framework import judge
from rempart_store.read.check_view import KINDS, CheckSum


def _sum(**kinds: int) -> CheckSum:
    return CheckSum("A-1", NOTHING, Severity.LOW, {**dict.fromkeys(KINDS, 0), **kinds}, None)


@pytest.mark.parametrize(
    ("checks", "verdict"),
    [
        ([_sum(**{"pass": 9}), _sum(fail=1)], "gap"),
        ([_sum(**{"pass": 9}), _sum(error=1)], "unjudged"),
        ([_sum(waived=1, not_checked=1)], "unjudged"),
        ([_sum(waived=1, **{"pass": 3})], "accepted"),
        ([_sum(**{"pass": 3}), _sum(not_applicable=2)], "seen"),
        ([_sum(not_applicable=2)], "nothing"),
        ([], "nothing"),
    ],
)
def test_what_checks_come_to_together(checks: list[CheckSum], verdict: str) -> None:
    assert judge(checks) == verdict


def test_frameworks_and_their_requirements(client: TestClient) -> None:
    text = client.get("/frameworks").text
    assert 'href="/frameworks/gdpr"' in text
    one = client.get("/frameworks/gdpr").text
    assert "gap found" in one
    assert "it never satisfies one alone" in one
    assert "/checks/RMT-01" in one
    assert client.get("/frameworks/none").status_code == 404
