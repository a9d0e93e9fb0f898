"""Whether a host would be changed as another one that was rehearsed: then it need not be rehearsed itself.

What its fixes want is rendered with its own variables and what the other host has answered: where that is what the
other host wants, it is asked, by digests, whether it answers the same, and whether check mode says the same there.
"""

import importlib.util
import os
from typing import Any

from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.plugins.action import ActionBase

_READS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "module_utils/rempart_reads")


class ActionModule(ActionBase):  # type: ignore[misc]
    """Compares."""

    def run(self, tmp: Any = None, task_vars: Any = None) -> Any:
        """See ActionBase."""
        super().run(tmp, task_vars)
        known = dict(task_vars or {})
        other = str(self._templar.template(known["rempart_like"]))
        facts = dict((known["hostvars"].get(other) or {}).get("ansible_facts") or {})
        said, told = dict(facts.get("rempart_rendered") or {}), dict(facts.get("rempart_rehearsed") or {})
        try:
            alike = bool(said and told) and self._is_alike(known, said, told)
        except AnsibleConnectionFailure:
            raise
        except AnsibleError:
            alike = False  # what is wrong, its own rehearsal says
        if not alike:
            return {"changed": False, "alike": False}
        return {"changed": False, "alike": True, "rehearsed": True, "names": told["names"], "answer": told["answer"]}

    def _is_alike(self, known: dict[str, Any], said: dict[str, Any], told: dict[str, Any]) -> bool:
        """Tell whether it is; what is not known is not alike."""
        calls = said["calls"]
        ours = [call for call in calls if call["powers"]]
        theirs = [call for call in calls if not call["powers"]]
        if any(call["alone"] for call in calls) or len(theirs) > 1 or not ours or not calls[0]["powers"]:
            return False
        if self._render(known, said) != told["handed_in"]:
            return False
        sealing, nonce = _load("sealing"), str(self._templar.template(known["rempart_nonce"]))
        if theirs:
            seen = [theirs[0]["answers"]]
            found = self._ask({"nonce": nonce, "reads": theirs[0]["reads"]}, known, powers=False)
            if found.get("read") != sealing.digest(nonce, seen):
                return False
        seen, sealed = [said["facts"]], []
        for number, call in enumerate(ours):
            seen.append(call["answers"])
            last = number + 1 == len(ours)
            more = {"fixes": _list_fixes(told)} if last else ours[number + 1]["reads"]
            sealed.append(sealing.seal(nonce, seen, more))
        specs = {"nonce": nonce, "reads": ours[0]["reads"], "facts": True, "sealed": sealed}
        found = self._ask(specs, known, powers=True)
        same = sealing.digest(nonce, _load("comparing").shorten({"fixes": _list_own(told)}))
        return bool(found.get("read") == sealing.digest(nonce, seen) and found.get("answer") == same)

    def _render(self, known: dict[str, Any], said: dict[str, Any]) -> Any:
        """Return what this host would hand in, if it answered as the other."""
        renderer = self._shared_loader_obj.action_loader.get(
            "rempart_render",
            task=self._task,
            connection=self._connection,
            play_context=self._play_context,
            loader=self._loader,
            templar=self._templar,
            shared_loader_obj=self._shared_loader_obj,
        )
        return renderer.render_as(known, said["calls"], said["facts"])

    def _ask(self, specs: dict[str, Any], known: dict[str, Any], *, powers: bool) -> dict[str, Any]:
        become = self._connection.become
        if not powers:
            self._connection.set_become_plugin(None)
        try:
            found: dict[str, Any] = self._execute_module("rempart_alike", module_args=specs, task_vars=known)
        finally:
            self._connection.set_become_plugin(become)
        return found


def _list_fixes(told: dict[str, Any]) -> list[Any]:
    return [one["fix"] for one in told["handed_in"] if "fix" in one]


def _list_own(told: dict[str, Any]) -> list[Any]:
    """Return what the other host itself has answered: without the fixes that refuse before they are handed in."""
    fixes = told["answer"].get("fixes", ())
    return [one for one, entry in zip(fixes, told["handed_in"], strict=True) if "fix" in entry]


def _load(name: str) -> Any:
    """Return a module that hosts get too; Ansible offers none of its role's own to a plugin."""
    spec = importlib.util.spec_from_file_location(f"rempart_{name}", os.path.join(_READS, f"{name}.py"))
    assert spec is not None and spec.loader is not None  # noqa: PT018, S101 - it lies beside this file
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
