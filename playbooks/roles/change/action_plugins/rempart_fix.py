"""The part of ``rempart_fix`` on the controller: which change a fix is of, the play knows; no task has to say it.

Ansible resolves ``module_defaults`` before the role that holds the module is there, so the play can't say it that way.

Where the play says ``rempart_together``, a task only hands in what it declares, and one call at the end does it all: a
call to a host costs more than a fix. A task whose fix goes on after it says ``rempart_together: false``, and is done at
once.

Where systemd runs, the work goes on by itself, and is asked after: a connection that is lost tears nothing, and what is
being done is said on the way.
"""

import json
import os
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

_GIVEN = {
    "change": "rempart_change",
    "holder": "rempart_holder",
    "guard": "rempart_revert_after",
    "before": "rempart_before",
}
_HANDED_IN = "rempart_handed_in"
_REBOOT = "rempart_reboot"
_SILENT = 20.0  # seconds in which a host that was lost may answer again
_PAUSE = 2.0  # seconds between two tries to reach it
_DEADLINE = 3600  # seconds that a run may take where the play sets no limit
_EARLIER = 20  # seconds by which a run ends before its caller gives up: what became of it is heard then
_QUIET = ["does not answer; what was begun there goes on", "ne répond pas ; ce qui y est commencé continue"]


class ActionModule(ActionBase):  # type: ignore[misc]
    """Fills in what the play knows, and runs the module."""

    def run(self, tmp: Any = None, task_vars: Any = None) -> Any:
        """See ActionBase."""
        super().run(tmp, task_vars)
        known = task_vars or {}
        own = {name: self._templar.template(known[one]) for name, one in _GIVEN.items() if one in known}
        own = {name: value for name, value in own.items() if value or name != "before"}
        handed_in = list((known.get("ansible_facts") or {}).get(_HANDED_IN) or [])
        if self._task.args.get("together"):
            return self._do(own, handed_in, known)
        if known.get("rempart_together") and "fixes" not in self._task.args:
            mine = {
                "name": self._task.name,
                "fix": {name: value for name, value in self._task.args.items() if value is not None},
            }
            return {"changed": False, "handed_in": True, "ansible_facts": {_HANDED_IN: [*handed_in, mine]}}
        return self.ask("rempart_fix", {**own, **self._task.args}, known)

    def _do(self, own: dict[str, Any], handed_in: list[dict[str, Any]], known: Any) -> dict[str, Any]:
        """Do what was handed in, in one call; where a fix fails the task does, and the others stand."""
        if not handed_in:
            return {"changed": False, "skipped": True, "skip_reason": "nothing was handed in"}
        handed_in.sort(key=_order(known))
        fixes = [one["fix"] for one in handed_in if "fix" in one]
        result = self.ask("rempart_fix", {**own, "fixes": fixes}, known) if fixes else {"changed": False, "answer": {}}
        result["names"] = [[one["name"], _check_of(one)] for one in handed_in]
        if len(fixes) < len(handed_in) and not result.get("failed"):
            _put_in(result["answer"], handed_in)
        result["ansible_facts"] = {_HANDED_IN: [], _REBOOT: _is_reboot(result.get("answer") or {})}
        if self._task.check_mode and known.get("rempart_nonce") and not result.get("failed"):
            # Others may be compared with this host; facts of a task that failed would not be kept.
            told = {"names": result["names"], "answer": result["answer"], "handed_in": handed_in}
            result["ansible_facts"]["rempart_rehearsed"] = told
            return {**result, "rehearsed": True}
        bad = [one for one in (result.get("answer") or {}).get("fixes", ()) if one["failed"]]
        if bad and not result.get("failed"):
            result |= {"failed": True, "msg": "; ".join(f"{one['check']}: {one['why'][0]}" for one in bad)}
        return result

    def ask(self, module: str, words: dict[str, Any], known: Any) -> dict[str, Any]:
        """Run a module whose work may go on by itself on the host; ask until it has ended."""
        if self._task.check_mode:
            result: dict[str, Any] = self._execute_module(module, module_args=words, task_vars=known)
            return result
        limit = max(int(self._task.timeout or _DEADLINE) - _EARLIER, 60)
        token = {"token": secrets.token_hex(6), "deadline": limit}
        asked, heard, parent, begun = {**words, **token}, time.monotonic(), os.getppid(), False
        while True:
            try:
                result = self._execute_module(module, module_args=asked, task_vars=known)
            except AnsibleConnectionFailure:
                if time.monotonic() - heard > _SILENT or os.getppid() != parent:
                    raise
                begun = True  # it may have, before the connection was lost
                self._tell(known, _QUIET, 0)
                time.sleep(_PAUSE)
                self._connection.reset()
                continue
            except AnsibleError as error:  # as ssh.py says that sudo asks for a password
                if not begun:
                    raise
                return {"failed": True, "begun": True, "msg": str(error)}
            if not result.get("running") or os.getppid() != parent:  # nobody would hear what comes
                self._thank(module, words, result, token, known)
                # what has begun there may have cut the way in, sudo's for one, before it was heard of again
                return {**result, "begun": True} if begun and result.get("failed") else result
            heard, begun = time.monotonic(), True
            self._tell(known, result["doing"], result.get("left", 0))
            asked = {"change": result["change"], "asks": True, **token}
            asked |= {"action": words["action"]} if "action" in words else {}

    def _thank(self, module: str, words: dict[str, Any], result: dict[str, Any], token: Any, known: Any) -> None:
        """Have what an undo has said go, once it was heard: no later run of its change may come to do that."""
        if result.pop("by_run", False) and words.get("action") == "undo":
            heard = {"action": "undo", "change": words["change"], "heard": True, **token}
            with suppress(AnsibleError):
                self._execute_module(module, module_args=heard, task_vars=known)

    def _tell(self, known: Any, doing: list[str], left: float) -> None:
        """Say what the host is doing: to the controller that reads along, else on the terminal."""
        host = str(known.get("inventory_hostname", ""))
        if not (pipe := os.environ.get("REMPART_PROGRESS")):
            Display().display(f"{host}: {doing[0]}")
            return
        said = [str(one)[:500] for one in doing]
        event = {"kind": "progress", "host": host, "task": self._task.name, "doing": (said * 2)[:2]}
        line = json.dumps({**event, "left": left}, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
        if len(line) <= 4096:  # PIPE_BUF: what several hosts say at once stays whole
            os.write(int(pipe), line)


def _check_of(one: dict[str, Any]) -> str:
    return str(one["fix"]["check"] if "fix" in one else one["check"])


def _order(known: Any) -> Callable[[dict[str, Any]], int]:
    """Return what sorts fixes as they were rendered, with those among them that Ansible has gone through."""
    said = (known.get("ansible_facts") or {}).get("rempart_order") or []
    order = {check: number for number, check in enumerate(said)}
    return lambda one: order.get(_check_of(one), len(order))


def _put_in(answer: dict[str, Any], handed_in: list[dict[str, Any]]) -> None:
    """Put the fixes that themselves say that they can't work here among those that the host has answered for."""
    done = iter(answer.get("fixes", ()))
    answer["fixes"] = [
        next(done)
        if "fix" in one
        else {
            "check": one["check"],
            "changed": False,
            "failed": True,
            "refused": True,
            "why": [one["refused"]],
            "says": one["says"],
            "acts": [],
        }
        for one in handed_in
    ]


def _is_reboot(answer: Any) -> bool:
    """Tell whether a fix has recorded that the host is to be booted anew: the play does it."""
    return any(
        act["kind"] == "command" and act["target"] == "reboot"
        for one in answer.get("fixes", ())
        for act in one["acts"]
        if not one["failed"]
    )
