"""The part of the fixes' module on the controller: what a run on a host has said goes once it was heard."""

from __future__ import annotations

import importlib.util
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.errors import AnsibleConnectionFailure, AnsibleError

HERE = Path(__file__).resolve().parents[3]
_PLUGIN = HERE / "playbooks/roles/change/action_plugins/rempart_fix.py"


class _Connection:
    """A connection that can be made anew."""

    def reset(self) -> None:
        """See ConnectionBase."""


def ask(action: str, answers: list[Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Ask a host that gives these answers; return what came of it, and what the host was asked."""
    spec = importlib.util.spec_from_file_location("asking", _PLUGIN)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    asker = module.ActionModule.__new__(module.ActionModule)
    asker._task = SimpleNamespace(check_mode=False, timeout=0, name="Undo")
    asked: list[dict[str, Any]] = []

    def execute(_name: str, module_args: dict[str, Any], **_: Any) -> dict[str, Any]:
        asked.append(module_args)
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return dict(answer)

    asker._execute_module = execute
    asker._connection = _Connection()
    return asker.ask("rempart_journal", {"action": action, "change": "c-1"}, {"inventory_hostname": "web"}), asked


def test_what_an_undo_has_said_goes_once_it_was_heard() -> None:
    running = {"running": True, "doing": ["it begins", "début"], "change": "c-1"}
    result, asked = ask("undo", [running, {"changed": True, "answer": {"state": "undone"}, "by_run": True}, {}])
    assert result == {"changed": True, "answer": {"state": "undone"}}
    assert [one.get("heard", False) for one in asked] == [False, False, True]
    assert (asked[2]["action"], asked[2]["change"], asked[2]["token"]) == ("undo", "c-1", asked[0]["token"])


@pytest.mark.parametrize(
    ("action", "by_run"),
    [("undo", False), ("resume", True)],  # without a unit nothing lies there; a change that goes on keeps it to its end
)
def test_nothing_is_asked_for_where_nothing_is_to_go(action: str, by_run: bool) -> None:
    assert len(ask(action, [{"answer": {}, "by_run": by_run}])[1]) == 1


def test_a_connection_that_is_lost_then_takes_nothing_from_the_answer() -> None:
    said = {"answer": {"state": "undone"}, "by_run": True}
    assert ask("undo", [said, AnsibleConnectionFailure("lost")])[0] == {"answer": {"state": "undone"}}


def test_a_host_that_refuses_once_its_run_has_begun_may_have_changed() -> None:
    """The fix itself may have cut the way in that is used to hear of it: sudo's for one."""
    running = {"running": True, "doing": ["it begins", "début"], "change": "c-1"}
    refused = {"failed": True, "msg": "Missing sudo password"}
    assert ask("fix", [running, refused])[0]["begun"] is True
    assert "begun" not in ask("fix", [refused])[0], "nothing had begun: who refuses at once was not changed"


def test_a_host_that_can_be_asked_no_more_once_its_run_has_begun_may_have_changed() -> None:
    """``_bare_run`` of ansible-core's ssh.py raises where sudo asks for a password that nobody gave."""
    running = {"running": True, "doing": ["it begins", "début"], "change": "c-1"}
    result, _ = ask("fix", [running, AnsibleError("Missing sudo password")])
    assert result == {"failed": True, "begun": True, "msg": "Missing sudo password"}
    with pytest.raises(AnsibleError):
        ask("fix", [AnsibleError("Missing sudo password")])


def test_a_host_that_refuses_after_its_connection_was_lost_may_have_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    refused = {"failed": True, "msg": "Missing sudo password"}
    assert ask("fix", [AnsibleConnectionFailure("lost"), refused])[0]["begun"] is True
