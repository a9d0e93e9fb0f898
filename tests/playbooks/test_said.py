"""What roles and modules say where they refuse has an id in the catalogue, and the same English in both places."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rempart_testing import yaml_text

from rempart_core.messages.carried import from_data
from rempart_core.messages.say import LANGUAGES, say, texts

PLAYBOOKS = Path(__file__).resolve().parents[2] / "playbooks"
#: What people run by Ansible alone, which speaks English: the controller hears nothing of it.
BY_HAND = {
    "apply_windows.yml",
    "install_agent.yml",
    "install_osquery.yml",
    "rollback_windows.yml",
    "site.yml",
    "roles/agent",
    "roles/windows",
    "roles/change/tasks/main.yml",  # a role that is called by its parts
    "roles/incident/tasks/main.yml",
}
#: Whose id a filter or an undo gives: the tests of these see that it is known.
GIVEN = {"roles/incident/tasks/isolate.yml: {{ incident_way.refused | default({}) }}"}


def _is_heard(path: Path) -> bool:
    """Tell whether a file is run by the controller."""
    place = path.relative_to(PLAYBOOKS).as_posix()
    return "/tasks/windows/" not in place and not any(place == one or place.startswith(f"{one}/") for one in BY_HAND)


def _tasks(tasks: Any) -> Iterator[dict[str, Any]]:
    for task in tasks if isinstance(tasks, list) else []:
        yield task
        for part in ("tasks", "pre_tasks", "post_tasks", "handlers", "block", "rescue", "always"):
            yield from _tasks(task.get(part))


def _refusals() -> list[tuple[str, str, Any]]:
    """Return the file, the English and the named message of each task that refuses."""
    found = []
    for path in sorted(path for path in PLAYBOOKS.rglob("*.yml") if _is_heard(path)):
        for task in _tasks(yaml_text.load_file(path)):
            says = (task.get("vars") or {}).get("rempart_says")
            for action, word in (("fail", "msg"), ("assert", "fail_msg")):
                words = task.get(f"ansible.builtin.{action}") or task.get(action)
                if words is not None:
                    found.append((path.relative_to(PLAYBOOKS).as_posix(), words.get(word, ""), says))
    return found


@pytest.mark.parametrize(("place", "english", "says"), _refusals())
def test_a_task_that_refuses_names_its_message_and_says_its_english(place: str, english: str, says: Any) -> None:
    if f"{place}: {says}" in GIVEN:
        return
    assert isinstance(says, dict), "give it a message: vars: rempart_says: {id: role.…, with: {…}}"
    message = from_data({"with": {}, **says})
    assert message.id == says["id"], "there is no such message, or it takes other values"
    assert say(message) == english
    assert all(message.id == "text.own" or message.id in texts("role", language) for language in LANGUAGES)


def test_the_tasks_are_found() -> None:
    assert {place.rpartition("/")[2] for place, *_ in _refusals()} >= {"rollback.yml", "fwl-05.yml", "release.yml"}


def _words(node: ast.AST) -> bool:
    """Tell whether an expression holds words of ours, two or more."""
    texts_ = [one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return any(len(re.findall(r"[A-Za-z]{2,}", text)) > 1 for text in texts_)


def _find_speechless(path: Path) -> Iterator[str]:
    """Yield where a module says something in English alone."""
    ids = set(texts("role", "en"))
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        place = f"{path.relative_to(PLAYBOOKS)}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Dict):
            answer = {
                key.value: value
                for key, value in zip(node.keys, node.values, strict=True)
                if isinstance(key, ast.Constant)
            }
            if {"failed", "msg"} <= answer.keys() and "says" not in answer and _words(answer["msg"]):
                yield f"{place}: an answer that failed names no message"
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in {"Refusal", "refuse", "Moved", "Halfway", "Nothing"}:
            given = node.args[1:] if name == "Halfway" else node.args
            first = given[0].value if given and isinstance(given[0], ast.Constant) else ""
            if str(first).startswith("role."):
                if first not in ids:
                    yield f"{place}: there is no message {first}"
            elif len(given) < 2 and any(map(_words, given)):
                yield f"{place}: {name} has no French"
        elif name == "fail_json" and not {"says", "msg_fr"} & {one.arg for one in node.keywords}:
            yield f"{place}: fail_json says neither says nor msg_fr"
        elif name.startswith("Ansible") and name.endswith(("Error", "Fail")) and any(map(_words, node.args)):
            yield f"{place}: {name} is Ansible's, which is quoted; answer with a message"


def test_modules_and_filters_say_an_id_or_both_languages() -> None:
    found = [one for path in sorted(PLAYBOOKS.rglob("*.py")) if _is_heard(path) for one in _find_speechless(path)]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        'Refusal("it can not be done")',
        'Refusal(f"{path} is no file")',
        'Refusal("role.of_nobody", "it is nobody\'s")',
        'module.fail_json(msg="it can not be done")',
        'AnsibleFilterError("it is no address")',
        'answer = {"failed": True, "msg": "it is no address"}',
    ],
)
def test_a_text_without_an_id_is_found(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "module.py").write_text(text)
    monkeypatch.setitem(globals(), "PLAYBOOKS", tmp_path)
    assert list(_find_speechless(tmp_path / "module.py"))
