"""What a host answers: read whole where it has its shape, else taken for a failure, and never an accident."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_controller.remediation.ansible import answer as answers
from rempart_controller.remediation.ansible.callback_plugins import rempart_events
from rempart_controller.remediation.execution.revert import say_row
from rempart_core.text import Text

KEYS = "word target checks why by_hand check acts failed loaded kind rows fixes changes lease state diff effects held"
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS.split()), inner, max_size=5),
    max_leaves=12,
)


def test_what_has_its_shape_is_read_whole() -> None:
    row = {"word": "moved", "target": "/etc/x", "checks": ["RMT-01"], "why": ["edited", "modifié"], "by_hand": "rm"}
    undone = {"check": "RMT-02", "failed": True, "why": ["full", "plein"], "acts": [{"kind": "file", "target": "/a"}]}
    done = {"check": "RMT-01", "acts": [["file", "/b"]], "failed": "", "loaded": ["ssh"]}
    said: Any = {"rows": [row], "again": [undone], "fixes": [done], "lease": {"change": "c-1", "held": 30}}
    (found,) = answers.read_rows(said)
    assert found == answers.Row("moved", "/etc/x", ("RMT-01",), Text("edited", "modifié"), "rm")
    (again,) = answers.read_reports(said, "again")
    assert (again.failed, again.why.fr, again.acts) == (True, "plein", (("file", "/a"),))
    (fix,) = answers.read_reports(said)
    assert (fix.failed, fix.acts, fix.loaded) == (False, (("file", "/b"),), ("ssh",))
    assert answers.read_lease(said) == ("c-1", 30)


def test_what_is_not_understood_has_failed() -> None:
    """A host that says nonsense has never undone, or fixed, anything by it."""
    nonsense: Any = {"rows": [{"word": "back"}, 7, {"target": "/etc/x"}], "fixes": [None, {"failed": False}]}
    assert [row.word for row in answers.read_rows(nonsense)] == ["failed"] * 3
    assert all("not understood" in say_row(row).en for row in answers.read_rows(nonsense))
    assert [fix.failed for fix in answers.read_reports(nonsense)] == [True, True]


@given(ANYTHING)
def test_a_host_may_say_anything(said: Any) -> None:
    given_answer: Any = (
        said if isinstance(said, dict) else {"rows": said, "fixes": said, "changes": said, "lease": said}
    )
    for row in answers.read_rows(given_answer):
        say_row(row)
    answers.read_reports(given_answer)
    answers.read_changes(given_answer)
    answers.read_lease(given_answer)
    # and the plugin that reads it first, within Ansible
    result = {"answer": said, "names": [["Do it", "RMT-01"]]}
    told = list(rempart_events._part(result, result["names"]))
    assert len(told) == 1
    rempart_events._shorten_fixes(rempart_events._answer_of(result))


@pytest.mark.parametrize("said", [None, "yes", 7, [], ["fixes"], {"fixes": "all"}, {"fixes": [1]}, {"fixes": [{}, {}]}])
def test_fixes_of_which_nothing_is_said_have_failed(said: Any) -> None:
    (told,) = rempart_events._part({"answer": said}, [["Do it", "RMT-01"]])
    assert told["outcome"] == "failed"


@pytest.mark.parametrize(
    ("module", "outcome", "said", "begun"),
    [
        ("rempart_fix", "changed", {}, True),
        ("rempart_fix", "ok", {}, False),
        ("rempart_fix", "unreachable", {}, True),
        ("rempart_fix", "failed", {"msg": "Missing sudo password"}, False),  # it never ran
        ("rempart_fix", "failed", {"begun": True, "msg": "Missing sudo password"}, True),  # it ran, and was asked after
        ("rempart_fix", "failed", {"module_stderr": "", "module_stdout": "", "rc": 137}, True),  # it was killed
        ("rempart_fix", "failed", {"module_stderr": "No space left on device", "rc": 1}, False),
        ("rempart_fix", "failed", {"answer": {"fixes": [{}]}}, True),
        ("rempart_read", "unreachable", {}, False),
    ],
)
def test_a_host_of_which_nobody_knows_counts_as_changed(
    module: str, outcome: str, said: dict[str, Any], begun: bool
) -> None:
    """What is called "not touched" was proven to be."""
    assert rempart_events._has_begun(SimpleNamespace(action=module), outcome, said) is begun
