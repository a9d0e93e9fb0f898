"""A callback plugin of Ansible: what happens is written as JSON lines to the descriptor of ``REMPART_EVENTS``.

It runs in the process of ``ansible-playbook``. Nothing of a task's result leaves it but what stands below, and of a
difference between files only what holds no secret: what is not written can't leak.
"""

import ctypes
import json
import os
import re
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.callback import CallbackBase
from ansible.template import Templar

from rempart_controller.remediation.ansible.shown_difference import describe
from rempart_controller.remediation.ansible.why import SAYS, has_no_room, read_report, read_why, read_words
from rempart_core.messages.message import Message
from rempart_core.messages.say import say_both
from rempart_core.text import NOTHING, Text, same

DOCUMENTATION = """
name: rempart_events
type: stdout
short_description: Events as JSON lines, without secrets
description:
  - Writes what happens as JSON lines to the descriptor that E(REMPART_EVENTS) names.
requirements: []
"""

_CHECK = re.compile(r"[A-Z][A-Z0-9]{1,7}-[0-9]{2,4}")
_READS = frozenset(
    {
        "assert",
        "debug",
        "fail",
        "find",
        "group_by",
        "include_vars",
        "meta",
        "ping",
        "set_fact",
        "setup",
        "slurp",
        "stat",
    }
    | {"rempart_alike", "rempart_incident", "rempart_journal", "rempart_read", "rempart_render"}
)
"""Modules that change nothing of what fixes are about."""
_PR_SET_PDEATHSIG = 1  # prctl(2)


class CallbackModule(CallbackBase):  # type: ignore[misc]
    """Writes the events."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "rempart_events"

    def __init__(self) -> None:
        super().__init__()
        _follow_parent()
        self._stop = os.environ.get("REMPART_STOP", "")
        self._out = os.fdopen(int(os.environ["REMPART_EVENTS"]), "w", encoding="utf-8", closefd=False)
        self._diffs: dict[tuple[str, str], list[str]] = {}
        self._notified: dict[tuple[str, str], list[str]] = {}
        self._play: Any = None

    def _say(self, **event: Any) -> None:
        self._out.write(json.dumps(event) + "\n")
        self._out.flush()

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        """See CallbackBase."""
        self._stop_if_asked()
        self._say(kind="begin", task=task.name, check=_find_check(task))

    def v2_playbook_on_handler_task_start(self, task: Any) -> None:
        """See CallbackBase."""
        self._stop_if_asked()
        self._say(kind="begin", task=task.name, check="")

    def v2_runner_on_start(self, host: Any, task: Any) -> None:
        """See CallbackBase."""
        if task.action.rpartition(".")[2] not in {"include_tasks", "include_role", "meta"}:
            self._say(kind="start", task=task.name, check=_find_check(task), host=host.name, begun=_may_change(task))

    def v2_playbook_on_play_start(self, play: Any) -> None:
        """See CallbackBase."""
        self._play = play

    def _stop_if_asked(self) -> None:
        """End between two tasks: nothing runs on any host then."""
        if self._stop and os.path.exists(self._stop):
            raise KeyboardInterrupt

    def v2_on_file_diff(self, result: Any) -> None:
        """See CallbackBase."""
        if result.result.get("_ansible_no_log"):
            return
        lines: list[str] = []
        for part in result.result.get("results") or [result.result]:
            found = part.get("diff") if isinstance(part, dict) and not part.get("_ansible_no_log") else None
            for one in found if isinstance(found, list) else [found]:
                if one:
                    lines += describe(one, self._find_place(result, part), _find_mode(result.task, part))
        if lines:
            self._diffs.setdefault((result.host.name, result.task._uuid), []).extend(lines)  # noqa: SLF001 - its only name

    def _find_place(self, result: Any, part: dict[str, Any]) -> str:
        """Return the file that a task is about: in check mode the headers of a difference may not name it."""
        said = part.get("dest") or part.get("path")
        words = result.task.args or {}
        given = said or words.get("dest") or words.get("path") or ""
        if "{{" not in str(given):
            return str(given)
        loop = str(part.get("ansible_loop_var") or "item")
        try:
            return str(self._render(given, result, {loop: part[loop]} if loop in part else {}))
        except AnsibleError:
            return str(given)

    def _find_says(self, result: Any) -> Any:
        """Return the message that a task names which refuses; None where it names none, or its values can't be said."""
        says = (result.task.vars or {}).get(SAYS)
        try:
            return self._render(says, result, {}) if says else None
        except AnsibleError:
            return None

    def _render(self, given: Any, result: Any, more: Mapping[str, Any]) -> Any:
        """Return what a task gives, as the task itself has seen it."""
        known = self._play.get_variable_manager().get_vars(play=self._play, host=result.host, task=result.task)
        return Templar(loader=self._play.get_loader(), variables=known | dict(more)).template(given)

    def v2_runner_on_ok(self, result: Any) -> None:
        """See CallbackBase."""
        self._tell(result, "changed" if result.result.get("changed") else "ok")

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        """See CallbackBase."""
        self._tell(result, "failed", ignored=bool(ignore_errors))

    def v2_runner_on_unreachable(self, result: Any) -> None:
        """See CallbackBase."""
        self._tell(result, "unreachable")

    def v2_runner_on_skipped(self, result: Any) -> None:
        """See CallbackBase."""
        # What a condition leaves out is left out; what check mode can't tell is unknown.
        parts = result.result.get("results")
        given = all(_was_left_out(one) for one in (parts if isinstance(parts, list) else [result.result]))
        self._tell(result, "skipped" if given else "unknown")

    def _tell(self, result: Any, outcome: str, *, ignored: bool = False) -> None:
        task, said = result.task, result.result
        if task.action in {
            "include_tasks",
            "include_role",
            "ansible.builtin.include_tasks",
            "ansible.builtin.include_role",
        }:
            return
        checks = self._find_checks(result.host.name, task)
        for name in (task.notify or []) if outcome == "changed" else []:
            known = self._notified.setdefault((result.host.name, name), [])
            known += [check for check in checks if check not in known]
        if isinstance(said.get("timedout"), dict):
            outcome = "unreachable"  # it may run on there: nobody knows what it does
        hidden = bool(said.get("_ansible_no_log"))
        wanted = {} if hidden else said
        why = self._find_why(result, wanted, outcome)
        event = {
            "kind": "task",
            "host": result.host.name,
            "task": task.name,
            "check": _find_check(task),
            "checks": checks,
            "outcome": outcome,
            "ignored": ignored,
            "refused": outcome == "failed" and task.action.rpartition(".")[2] in {"fail", "assert"},
            "message": why.en,
            "french": why.fr,
            "diff": self._diffs.pop((result.host.name, task._uuid), []),  # noqa: SLF001 - the same
        }
        module = task.action.rpartition(".")[2]
        event["begun"] = _has_begun(task, outcome, said)
        event["left"] = _read_left(wanted)
        if module == "rempart_fix" and said.get("handed_in"):
            return  # nothing was done yet
        if module in {"rempart_fix", "rempart_alike"} and outcome != "unreachable" and said.get("names"):
            for one in _part(wanted, said["names"]):
                self._say(**{**event, **one, "ignored": ignored or bool(said.get("rehearsed"))})
            return
        if module in {"rempart_incident", "rempart_journal"}:
            said_itself = _answer_of(wanted)
            event["answer"] = {**said_itself, **(_shorten_fixes(said_itself) if "fixes" in said_itself else {})}
        elif module == "rempart_fix":
            event["answer"] = _shorten_fixes(_answer_of(wanted))
        self._say(**event)

    def _find_why(self, result: Any, wanted: Mapping[str, Any], outcome: str) -> Text:
        if outcome in {"failed", "unreachable"}:
            return read_why(wanted, self._find_says(result), action=result.task.action)
        return same("" if outcome in {"ok", "changed"} else read_words(wanted))

    def _find_checks(self, host: str, task: Any) -> list[str]:
        """Return the checks that a task fixes; of a handler those whose fixes have asked for it."""
        if check := _find_check(task):
            return [check]
        names = [task.name, *(getattr(task, "listen", None) or [])]
        return list(dict.fromkeys(check for name in names for check in self._notified.get((host, name), [])))


def _answer_of(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a module of ours answered; a host may say anything, and what is no object is no answer."""
    answer = said.get("answer")
    return answer if isinstance(answer, dict) else {}


def _list_fixes(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what an answer says of fixes; none where anything in it is no report of a fix: a host may say nonsense."""
    fixes = answer.get("fixes")
    return fixes if isinstance(fixes, list) and all(map(_is_report, fixes)) else []


def _is_report(said: object) -> bool:
    """Tell whether this has the shape in which ``rempart_fix`` reports a fix."""
    if not isinstance(said, dict) or not isinstance(said.get("why") or [""], list):
        return False
    lists = [said.get(name, []) for name in ("acts", "effects", "diff")]
    if not all(isinstance(one, list) and all(isinstance(part, dict) for part in one) for one in lists):
        return False
    acts, _, diff = lists
    shown = all({"header", "before", "after"} <= set(part) for part in diff)
    return shown and all({"kind", "target"} <= set(act) for act in acts)


def _read_left(said: Mapping[str, Any]) -> float:
    """Return after how many seconds the host's own timer rolls back what a call did; 0 where it started none."""
    left = _answer_of(said).get("left")
    return float(left) if isinstance(left, (int, float)) else 0.0


def _has_begun(task: Any, outcome: str, said: Mapping[str, Any]) -> bool:
    """Tell whether a host may have begun to change by a task: it did, or it got lost or died, and nobody knows."""
    if outcome == "changed" or said.get("begun") or _answer_of(said).get("fixes"):
        return True
    lost = outcome == "unreachable" or (outcome == "failed" and _has_died(said))
    return lost and _may_change(task)


def _may_change(task: Any) -> bool:
    """Tell whether a task may change a host: where it gets lost, nobody knows whether it has."""
    return str(task.action).rpartition(".")[2] not in _READS


def _has_died(said: Mapping[str, Any]) -> bool:
    """Tell whether a module ended without an answer, and not since it had no room to begin."""
    return ("module_stderr" in said or "module_stdout" in said) and not has_no_room(said)


def _part(said: Mapping[str, Any], names: Sequence[Sequence[str]]) -> Iterator[dict[str, Any]]:
    """Yield what fixes that were done in one call came to, each as if its task had done it."""
    answer = _answer_of(said)
    fixes = _list_fixes(answer)
    whole = len(fixes) == len(names)  # else the call itself failed, or the host says nonsense
    lost = {"failed": True, "why": list(_read_lost(said))}
    for (name, check), found in zip(names, fixes if whole else [lost] * len(names), strict=True):
        why = read_report(found) if found.get("failed", True) else NOTHING
        yield {
            "task": name,
            "check": check,
            "checks": [check],
            "outcome": "failed" if found.get("failed", True) else "changed" if found.get("changed") else "ok",
            "refused": bool(found.get("refused")),
            "message": why.en,
            "french": why.fr,
            "diff": [
                line
                for part in found.get("diff", ())
                for line in describe({"before_header": part["header"], "after_header": part["header"], **part}, "")
            ],
            "apart": whole,
            "answer": _shorten_fixes({"fixes": [found], "armed": answer.get("armed")}),
        }


def _read_lost(said: Mapping[str, Any]) -> Text:
    """Return why the call failed in which fixes were done; that nobody says what became of them where nobody does."""
    why = read_why(said, action="rempart_fix")
    return why if why.en else say_both(Message("role.no_word_of_it"))


def _shorten_fixes(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return what fixes did without what stood in the files: kinds and targets of their acts."""
    fixes = [
        {
            "check": str(one.get("check", "")),
            "acts": [[act["kind"], str(act["target"])] for act in one.get("acts", ())],
            "failed": bool(one.get("failed")),
            "why": list(read_report(one)) if one.get("failed") else [],
            "loaded": [str(done.get("name", "")) for done in one.get("effects", ()) if done.get("word") == "done"],
        }
        for one in _list_fixes(answer)
    ]
    return {"fixes": fixes, "guarded": bool(answer.get("armed"))}


def _was_left_out(said: dict[str, Any]) -> bool:
    return "false_condition" in said or "skip_reason" in said


def _follow_parent() -> None:
    """End when the controller ends, however it does: nothing may be changed any more when the timers begin to undo."""
    parent = int(os.environ.get("REMPART_PARENT", "0"))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if parent and os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)


def _find_check(task: Any) -> str:
    """Return the check that a task belongs to: by a tag, by its name, or by that of the task that includes it."""
    found = next((tag for tag in task.tags if _CHECK.fullmatch(tag)), "")
    while task is not None and not found:
        check, bar, _ = (task.name or "").partition(" | ")
        found = check if bar and _CHECK.fullmatch(check) else ""
        task = task.get_first_parent_include()
    return found


def _find_mode(task: Any, part: Mapping[str, Any]) -> int:
    """Return the rights that a file has, or will have; those that everybody has where that is not known."""
    for said in (part.get("mode"), (task.args or {}).get("mode")):
        if re.fullmatch(r"0?[0-7]{3,4}", str(said)):
            return int(str(said), 8)
    return 0o644
