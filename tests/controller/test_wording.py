"""French for what is recorded or said in English alone."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import rempart_controller.incident
from rempart_controller.wording import translate

PLAYBOOKS = Path(__file__).parents[2] / "playbooks"
SPOKEN = {"Text", "say", "text"}  # these have both languages
LANGUAGELESS = {"clock.py", "draft.py", "incident_state.py"}  # figures, and the names of facts in --help
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
        if name in SPOKEN or name == "ArgumentTypeError":  # argparse's own words go around the latter
            return []
    if isinstance(node, ast.FunctionDef) and node.name.startswith("add"):
        return []  # the options of a command, and their help
    if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_NOTES":
        return []  # options, and their help
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return []  # a docstring
    text = _write(node)
    if text is not None:
        words = [word for word in text.split() if any(map(str.isalpha, word.replace("{}", "")))]
        return [text] if len(words) >= 3 and "SELECT" not in text else []
    return [found for child in ast.iter_child_nodes(node) for found in _find(child)]


def _messages() -> list[str]:
    (folder,) = rempart_controller.incident.__path__
    commands = Path(folder).parent / "commands" / "incident"
    found = [*sorted(Path(folder).glob("*.py")), *sorted(commands.glob("*.py"))]
    modules = [path for path in found if path.name not in LANGUAGELESS]
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


@pytest.mark.parametrize("text", ["", "Bad message", "echo a; echo b", "x: y: z", "a\nb", "(", "{}", ": ", "; "])
def test_what_is_not_ours_stays_as_it_is(text: str) -> None:
    assert translate(text) == text


@settings(deadline=None)  # the first one makes the patterns
@given(
    st.lists(st.sampled_from(["; ", ": ", "\n  - ", " is ", "x", "entry ", "not released: "]), max_size=200).map(
        "".join
    )
    | st.text(max_size=100)
)
def test_no_text_of_a_host_keeps_us_busy_or_breaks_us(text: str) -> None:
    assert isinstance(translate(text), str)
    assert translate(text * 20, "en") == text * 20


@pytest.mark.parametrize(
    "piece", [": ", "; ", "a: ", ": ; ", "x is y; ", "\n  - ", "entry 1: ", "1 entries were in it, "]
)
def test_a_text_without_end_stays_as_it_is(piece: str) -> None:
    assert translate(piece * 4000) == piece * 4000
    assert len(translate((piece * 1500)[:1500])) < 6000
