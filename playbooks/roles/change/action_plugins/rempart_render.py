"""The fixes of a host rendered in one task: what they read is asked at once, what they declare is handed in.

Most fixes are readings, conditions and one declaration. Ansible would go through them task by task, on each host, and
that takes longer than all that is done on the host. Here their files are gone through in one go. Nothing is changed on
the host, so that a file which holds anything else (a program that is run, a fix that is done at once, an error) is
simply left to Ansible, as a whole: ``rempart_left`` names such fixes, and the play goes through them task by task.
"""

import json
import os
from collections.abc import Generator, Iterator, Mapping
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase

_READ, _HANDED_IN, _LEFT = "rempart_read_ahead", "rempart_handed_in", "rempart_left"
_MODULE = "rempart_read"
_SIMPLE = ("ansible.builtin.find", "ansible.builtin.stat", "ansible.builtin.slurp")  # modules that only read
_PARTS = ("ansible.builtin.include_tasks", "ansible.builtin.import_tasks")
_WORDS = frozenset(
    {"name", "when", "vars", "register", "failed_when", "changed_when", "check_mode", "loop", "loop_control"}
)
_SKIPPED = {"changed": False, "skipped": True, "skip_reason": "Conditional result was False"}
_DEPTH = 3  # files of tasks that lie one in the other
_ROUNDS = 20
Question = tuple[str, dict[str, Any], bool]
"""A module, its arguments, and whether it runs as the account that fixes run as, not as the one that connects."""
Going = Generator[Question, dict[str, Any], None]


class _Left(Exception):
    """A fix is left to Ansible."""


class ActionModule(ActionBase):  # type: ignore[misc]
    """Asks, and hands in."""

    _silent = False

    def run(self, tmp: Any = None, task_vars: Any = None) -> Any:
        """See ActionBase."""
        super().run(tmp, task_vars)
        self._known: dict[str, Any] = dict(task_vars or {})
        self._known["ansible_facts"] = dict(self._known.get("ansible_facts") or {})
        self._answers: dict[str, dict[str, Any]] = {}
        self._failed: dict[str, Any] | None = None
        self._calls: list[dict[str, Any]] = []
        facts = self._ask_ahead()
        if self._failed is None:
            handed_in, left = self._render_all()
        if self._failed is not None:
            return self._failed
        read = {name: answer for name, answer in self._answers.items() if name.startswith(_MODULE)}
        order = [check for _, check in self._list_fixes()]
        own = {
            "rempart_order": order,
            _READ: {name.partition(" ")[2]: one for name, one in read.items()},
            _HANDED_IN: handed_in,
            _LEFT: left,
            "rempart_rendered": {} if left else {"calls": self._calls, "facts": facts},
        }
        return {"changed": False, "ansible_facts": {**facts, **own}}

    def render_as(self, known: dict[str, Any], calls: list[dict[str, Any]], facts: dict[str, Any]) -> Any:
        """Return what this host would hand in, if it answered as another; None where it would ask anything else."""
        self._known = {**known, "ansible_facts": {name.removeprefix("ansible_"): one for name, one in facts.items()}}
        self._failed, self._calls = None, []
        self._answers = {
            _name((_MODULE, question, call["powers"])): answer
            for call in calls
            for question, answer in zip(call["reads"], call["answers"], strict=True)
        }
        self._silent = True
        handed_in, left = self._render_all()
        return None if left or self._failed is not None else handed_in

    def _ask_ahead(self) -> dict[str, Any]:
        """Ask what is known to be asked before anything is, with which system it is; return that."""
        wanted = {}
        for role, check in self._list_fixes():
            scope = _Scope(self._enter(role), check)
            for task in self._list(scope, f"linux/{check.lower()}.yml", _DEPTH):
                try:
                    question = self._ask(task, _MODULE, scope.variables | (task.get("vars") or {}))
                except AnsibleError:
                    continue  # it depends on what is not known yet
                wanted[_name(question)] = question
        powers = {name: one for name, one in wanted.items() if one[2]}
        found = self._call(_MODULE, {"reads": [one[1] for one in powers.values()], "facts": True}, powers=True)
        self._answers.update(zip(powers, found.get("answers") or (), strict=False))
        facts: dict[str, Any] = found.get("facts") or {}
        self._known["ansible_facts"].update({name.removeprefix("ansible_"): one for name, one in facts.items()})
        self._ask_all({name: one for name, one in wanted.items() if not one[2]})
        return facts

    def _render_all(self) -> tuple[list[dict[str, Any]], list[str]]:
        """Return what fixes hand in, in their order, and those that are left to Ansible."""
        fixes = list(self._list_fixes())
        scopes = {check: _Scope(self._enter(role), check) for role, check in fixes}
        going = {check: self._go_through(scopes[check], f"linux/{check.lower()}.yml", _DEPTH) for _, check in fixes}
        said: dict[str, dict[str, Any] | None] = dict.fromkeys(going)
        left = []
        for _ in range(_ROUNDS):
            open_: dict[str, Question] = {}
            for check, one in list(going.items()):
                try:
                    question = one.send(said[check])  # type: ignore[arg-type]  # None begins it
                    while (name := _name(question)) in self._answers:
                        question = one.send(self._answers[name])
                    open_[check] = question
                    continue
                except StopIteration:
                    pass
                except (_Left, AnsibleError):
                    left.append(check)
                del going[check]
            if not going:
                break
            self._ask_all({_name(one): one for one in open_.values()})
            if self._failed is not None:
                return [], []
            said = {check: self._answers[_name(one)] for check, one in open_.items()}
        left += going
        handed_in = [entry for _, check in fixes if check not in left for entry in scopes[check].handed_in]
        return handed_in, left

    def _list_fixes(self) -> Iterator[tuple[str, str]]:
        """Yield role and check of the fixes, in the order in which Ansible would come to them."""
        for part in ("rempart_safe", "rempart_risky"):
            fixes = [(str(one["role"]), str(one["id"])) for one in self._render(self._known[part], self._known)]
            for role in dict.fromkeys(role for role, _ in fixes):
                yield from ((role, check) for check in sorted(check for one, check in fixes if one == role))

    def _enter(self, role: str) -> dict[str, Any]:
        """Return the variables that a task of a role sees."""
        top = os.path.join(os.path.dirname(str(self._known["role_path"])), role)
        variables = self._load(os.path.join(top, "defaults/main.yml")) | self._known
        variables |= self._load(os.path.join(top, "vars/main.yml"))
        return variables | {"role_path": top, "role_name": role, "ansible_search_path": [top, *self._basedirs()]}

    def _basedirs(self) -> list[str]:
        return [str(one) for one in self._known.get("ansible_search_path") or ()]

    def _load(self, path: str) -> dict[str, Any]:
        found = self._loader.load_from_file(path, trusted_as_template=True) if os.path.isfile(path) else None
        return dict(found or {})

    def _find(self, scope: "_Scope", name: str, depth: int) -> list[dict[str, Any]]:
        """Return the tasks of a file."""
        folder = os.path.join(scope.variables["role_path"], "tasks")
        paths = [os.path.join(folder, name), os.path.join(folder, "linux", name)]
        found = next((path for path in paths if os.path.isfile(path)), "")
        if not found or not depth:
            raise _Left
        return list(self._loader.load_from_file(found, trusted_as_template=True) or [])

    def _list(self, scope: "_Scope", name: str, depth: int) -> Iterator[dict[str, Any]]:
        """Yield the tasks of a file that read, with those of the files that it names."""
        try:
            todo = self._find(scope, name, depth)
        except _Left:
            return
        while todo:
            task = todo.pop(0)
            todo[:0] = [one for part in ("block", "rescue", "always") for one in task.get(part) or []]
            if _MODULE in task and "loop" not in task:
                yield task
            for part in _PARTS:
                if part in task:
                    yield from self._list(scope, _file(task[part]), depth - 1)

    def _go_through(self, scope: "_Scope", name: str, depth: int) -> Going:
        yield from self._go(scope, self._find(scope, name, depth), {}, [], depth)

    def _go(
        self, scope: "_Scope", tasks: list[dict[str, Any]], own: Mapping[str, Any], conditions: list[Any], depth: int
    ) -> Going:
        """Go through tasks, with the variables and conditions of the blocks around them."""
        for task in tasks:
            (action, *more) = [word for word in task if word not in _WORDS] or [""]
            variables = scope.variables | own | (task.get("vars") or {}) | scope.facts
            when = task.get("when", [])
            here = [*conditions, *(when if isinstance(when, list) else [when])]
            if more or task.get("failed_when", False) is not False:
                raise _Left
            if action == "block":
                yield from self._go(scope, task["block"], {**own, **(task.get("vars") or {})}, here, depth)
            elif "loop" in task:
                items = self._list_items(task, variables, here)
                result = {"changed": False, **({"results": []} if items else {**_SKIPPED, "results": []})}
                for item in items:
                    variables |= {"item": item}
                    if not self._holds(here, variables):
                        result["results"].append({**_SKIPPED, "item": item})
                        continue
                    answer = yield from self._ask_one(task, action, variables)
                    result["results"].append({**answer, "item": item})
                _register(scope, task, result)
            elif not self._holds(here, variables):
                _register(scope, task, dict(_SKIPPED))
            elif action in _PARTS:
                yield from self._go(scope, self._find(scope, _file(task[action]), depth - 1), own, here, depth - 1)
            elif action == _MODULE or action in _SIMPLE:
                _register(scope, task, (yield from self._ask_one(task, action, variables)))
            else:
                self._take(scope, task, action, variables)

    def _list_items(self, task: dict[str, Any], variables: dict[str, Any], here: list[Any]) -> list[Any]:
        """Return what a task loops over; what it would do with any of it has to be known here."""
        items = list(self._render(task["loop"], variables))
        action = next(word for word in task if word not in _WORDS)
        known = action == _MODULE or action in _SIMPLE
        if set(task.get("loop_control") or {}) - {"label"}:
            raise _Left
        if not known and any(self._holds(here, variables | {"item": item}) for item in items):
            raise _Left
        return items

    def _ask_one(
        self, task: dict[str, Any], action: str, variables: dict[str, Any]
    ) -> Generator[Question, dict[str, Any], dict[str, Any]]:
        """Ask what a task asks; where that fails, Ansible is to say so."""
        answer = dict((yield self._ask(task, action, variables)))
        if "failed_when" in task:
            answer["failed"] = False
        if answer.get("failed"):
            raise _Left
        return answer

    def _ask(self, task: dict[str, Any], action: str, variables: dict[str, Any]) -> Question:
        wanted = dict(self._render(dict(task[action]), variables))
        powers = str((task.get("vars") or {}).get("ansible_become", True)).lower() != "false"
        return action, wanted, powers

    def _take(self, scope: "_Scope", task: dict[str, Any], action: str, variables: dict[str, Any]) -> None:
        """Do what is done here: remember, refuse, hand in."""
        wanted, name = task.get(action) or {}, str(task.get("name") or "")
        if action == "ansible.builtin.set_fact":
            scope.facts.update({one: self._render(value, variables) for one, value in wanted.items()})
        elif action == "ansible.builtin.fail":
            self._refuse(scope, task, self._render(wanted["msg"], variables), variables)
        elif action == "ansible.builtin.assert":
            that = wanted["that"] if isinstance(wanted["that"], list) else [wanted["that"]]
            if not self._holds(that, variables):
                self._refuse(scope, task, self._render(wanted["fail_msg"], variables), variables)
        elif action == "rempart_fix" and self._render(variables.get("rempart_together", True), variables):
            fix = self._render(dict(wanted), variables)
            entry = {"name": name, "fix": {one: value for one, value in fix.items() if value is not None}}
            scope.handed_in.append(entry)
        else:
            raise _Left

    def _refuse(self, scope: "_Scope", task: dict[str, Any], why: str, variables: dict[str, Any]) -> None:
        """Hand in that a fix says itself that it can't work here; check mode goes on, as Ansible would."""
        if not self._task.check_mode:
            raise _Left
        says = self._render((task.get("vars") or {}).get("rempart_says"), variables)
        name = str(task.get("name") or "")
        scope.handed_in.append({"name": name, "check": scope.check, "refused": why, "says": says})

    def _holds(self, conditions: list[Any], variables: dict[str, Any]) -> bool:
        templar = self._templar.copy_with_new_env(available_variables=variables)
        return all(templar.evaluate_conditional(one) for one in conditions)

    def _render(self, value: Any, variables: dict[str, Any]) -> Any:
        return self._templar.copy_with_new_env(available_variables=variables).template(value)

    def _ask_all(self, wanted: dict[str, Question]) -> None:
        """Ask what is not known yet: readings of one account by one call."""
        todo = {name: one for name, one in wanted.items() if name not in self._answers}
        for powers in (True, False):
            reads = {name: one for name, one in todo.items() if one[0] == _MODULE and one[2] is powers}
            if reads:
                found = self._call(_MODULE, {"reads": [one[1] for one in reads.values()]}, powers=powers)
                self._answers.update(zip(reads, found.get("answers") or (), strict=False))
        for name, (module, specs, powers) in todo.items():
            if module != _MODULE and self._failed is None:
                self._answers[name] = self._call(module, specs, powers=powers, alone=True)

    def _call(self, module: str, specs: dict[str, Any], *, powers: bool, alone: bool = False) -> dict[str, Any]:
        """Run a module; where it can't be run at all, the task fails by that."""
        if self._silent:
            self._failed = {"failed": True}
            return self._failed
        become = self._connection.become
        if not powers:
            self._connection.set_become_plugin(None)
        try:
            found: dict[str, Any] = self._execute_module(module, module_args={**specs}, task_vars=self._known)
        finally:
            self._connection.set_become_plugin(become)
        if not alone and (found.get("failed") or len(found.get("answers", ())) != len(specs["reads"])):
            self._failed = {**found, "failed": True}
        asked = [dict(one) for one in specs["reads"]] if not alone else []
        self._calls.append({"powers": powers, "reads": asked, "answers": found.get("answers") or [], "alone": alone})
        return found


class _Scope:
    """What the tasks of one fix see and leave."""

    def __init__(self, variables: dict[str, Any], check: str) -> None:
        self.variables, self.check = variables, check
        self.facts: dict[str, Any] = {}
        self.handed_in: list[dict[str, Any]] = []


def _register(scope: _Scope, task: Mapping[str, Any], result: dict[str, Any]) -> None:
    if "register" in task:
        scope.facts[str(task["register"])] = result


def _file(given: Any) -> str:
    return str(given["file"] if isinstance(given, dict) else given)


def _name(question: Question) -> str:
    """Name a question, as ``rempart_read`` names its own."""
    module, wanted, powers = question
    return f"{module} {json.dumps([powers, wanted], sort_keys=True, default=str)}"
