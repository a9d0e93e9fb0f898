"""What a model decides is not matched as text again in our own checks."""

from __future__ import annotations

import pytest

from rempart_agent.audit.content_cache import load
from rempart_agent.quality import lint
from rempart_core.content.place import content_root


@pytest.mark.parametrize(
    "query",
    [
        "SELECT final_verdict AS item FROM rempart_nftables",
        "SELECT 1 AS item, coalesce(answer, 0) = 0 AS ok FROM rempart_pam_outcome",
        "SELECT 1 AS item, o.answer IS NOT 1 AS ok FROM rempart_pam_outcome o",
    ],
)
def test_text_that_a_model_replaced_is_refused(query: str) -> None:
    checks = load([content_root() + "/checks"], "linux").checks
    check = next(one for one in checks if one.id == "ACC-01")
    bad = check._replace(platforms={"linux": check.platforms["linux"]._replace(query=query)})
    file = lint.file_of(check, [content_root() + "/checks"])
    assert list(lint._text_matches(bad, file))
    assert not list(lint._text_matches(check, file))
    assert not list(lint._text_matches(bad, "/elsewhere/checks/acc-01.yaml")), "other people's checks may"
