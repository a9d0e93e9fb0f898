"""French for what is recorded or said in English alone."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import yaml

import rempart_controller.incident
from rempart_controller.wording import translate

PLAYBOOKS = Path(__file__).parents[2] / "playbooks"
SPOKEN = {"Text", "say", "text"}  # these have both languages
LANGUAGELESS = {"clock.py", "draft.py", "standing.py"}  # figures, and the names of facts in --help
NO_WORDS = {"{}, incident {}", "{} port {}", "rempart incident note {}"}


def _write(node: ast.AST) -> str | None:
    """Return the text that an expression makes, with something in place of what varies."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(str(one.value) if isinstance(one, ast.Constant) else "{}" for one in values)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            parts = (_write(left), _write(right))
            return None if parts == (None, None) else "".join("{}" if one is None else one for one in parts)
    return None


def _find(node: ast.AST) -> list[str]:
    """Return the texts of three words or more in a module that have one language."""
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in SPOKEN:
            return []
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return []  # a docstring
    text = _write(node)
    if text is not None:
        words = [word for word in text.split() if any(map(str.isalpha, word.replace("{}", "")))]
        return [text] if len(words) >= 3 and "SELECT" not in text else []
    return [found for child in ast.iter_child_nodes(node) for found in _find(child)]


def _messages() -> list[str]:
    (folder,) = rempart_controller.incident.__path__
    modules = [path for path in sorted(Path(folder).glob("*.py")) if path.name not in LANGUAGELESS]
    texts = {text for path in modules for text in _find(ast.parse(path.read_text(encoding="utf-8")))}
    tasks = yaml.safe_load((PLAYBOOKS / "roles/incident/tasks/isolate.yml").read_text(encoding="utf-8"))
    texts |= {task["ansible.builtin.assert"]["fail_msg"] for task in tasks if "ansible.builtin.assert" in task}
    return sorted(texts - NO_WORDS)


@pytest.mark.parametrize("text", _messages())
def test_whatever_an_incident_says_or_records_has_its_french(text: str) -> None:
    said = text.replace("{}", "X7")
    french = translate(said)
    assert french != said
    assert french.count("X7") >= said.count("X7")  # nothing that varies is lost
    assert translate(said, "en") == said


def test_a_message_within_a_message_is_translated_too() -> None:
    assert translate("the record of 20261125-1 is damaged, nothing is added to it: entry 3: this is no entry") == (
        "le registre de 20261125-1 est endommagé, rien n’y est ajouté : entrée 3 : ce n’est pas une entrée"
    )
    english = "not isolated: Learn the way: Module failed; See it: the host can't be reached. What was begun is undone"
    assert translate(english) == (
        "non isolée : Learn the way: Module failed ; See it : la machine est injoignable. "
        "Ce qui était commencé est annulé"
    )


@pytest.mark.parametrize("text", ["", "Permission denied", "x: y: z", "a\nb", "(", "{}", ": ", "; "])
def test_what_is_not_ours_stays_as_it_is(text: str) -> None:
    assert translate(text).replace(" ; ", "; ") == text
