"""What people read: each message known in both languages with the same values, used, and in plain words."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from rempart_core.messages.say import LANGUAGES, Place, template
from rempart_core.model.check import DISRUPTIONS, ROLES, Severity
from rempart_core.model.result import State

ROOT = Path(__file__).parents[1]
PACKAGES = ("core", "agent", "reports", "store", "controller", "server")
TEXTS = ROOT / "core" / "rempart_core" / "messages"
NOT_MOVED = ROOT / "tests" / "without_messages.txt"
MAKERS = {"Message", "words", "option_help"}
TRAVELS = (
    "said.py",
    "source",
    "formats",
    "models",
    "readers",
    "targets",
    "tables",
    "collector",
)  # imports nothing of ours
AREAS = sorted(path.stem for path in (TEXTS / "en").glob("[!_]*.py"))


def _modules() -> list[Path]:
    """Return the modules of ours that may say something."""
    found = [path for name in PACKAGES for path in sorted((ROOT / name / f"rempart_{name}").rglob("*.py"))]
    return [path for path in found if path.relative_to(ROOT).parts[1:3] not in {("rempart_agent", t) for t in TRAVELS}]


def _texts(area: str, language: str) -> dict[str, str]:
    texts: dict[str, str] = importlib.import_module(f"rempart_core.messages.{language}.{area}").TEXTS
    return texts


def _literals(node: ast.expr) -> list[str]:
    """Return the texts that an expression may be; none for one that says nothing before it runs."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.IfExp(body=body, orelse=orelse):
            both = _literals(body), _literals(orelse)
            return [*both[0], *both[1]] if all(both) else []
    return []


def _name(function: ast.expr) -> str:
    """Return the name of what is called, behind the module that it may be called by."""
    if isinstance(function, ast.Attribute) and getattr(function.value, "id", "") == "language":
        return function.attr
    return str(getattr(function, "id", ""))


@cache
def _uses() -> list[tuple[str, list[str], set[str] | None]]:
    """Return all places that make a message: where, the ids, and the names of values (None: not told one by one)."""
    found = []
    for path in _modules():
        text = path.read_text(encoding="utf-8")
        if not any(mark in text for mark in ("rempart_core.messages", "cli.language", "language.words")):
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and _name(node.func) in MAKERS and node.args:
                names = {keyword.arg for keyword in node.keywords}
                whole = None if None in names else {name for name in names if name}
                found.append((f"{path.relative_to(ROOT)}:{node.lineno}", _literals(node.args[0]), whole))
    return found


#: Modules that hand on an id which they were given.
HAND_ON = (
    "controller/rempart_controller/commands/options/reports.py",
    "reports/rempart_reports/writing/translation.py",
    "reports/rempart_reports/writing/page_words.py",
    "core/rempart_core/messages/labels.py",
    "core/rempart_core/messages/recognise.py",
    "agent/rempart_agent/cli/language.py",
    "core/rempart_core/messages/message.py",
)


#: Modules that look into the texts of messages. All others say them by their ids.
LOOK_INTO = {
    "core/rempart_core/messages/carried.py",
    "core/rempart_core/messages/labels.py",
    "core/rempart_core/messages/readers.py",
    "core/rempart_core/messages/say.py",
    "core/rempart_core/model/sentence.py",
    "reports/rempart_reports/writing/page_words.py",
    "reports/rempart_reports/writing/translation.py",
}


def test_nothing_is_known_again_by_how_its_english_reads() -> None:
    """Who would make patterns of messages has to look into their texts: only who says or checks them does."""
    found = set()
    for path in _modules():
        text = path.read_text(encoding="utf-8")
        named = {
            (node.module, one.name)
            for node in (ast.walk(ast.parse(text)) if "messages" in text else ())
            if isinstance(node, ast.ImportFrom)
            for one in node.names
        }
        if any(
            name in {"texts", "template", "TEXTS"} or (module or "").startswith("rempart_core.messages.en")
            for module, name in named
            if (module or "").startswith("rempart_core.messages")
        ):
            found.add(path.relative_to(ROOT).as_posix())
    assert found <= LOOK_INTO


def test_every_id_is_literal_and_known_and_has_its_values() -> None:
    for place, ids, names in _uses():
        if place.startswith(HAND_ON):
            continue
        assert ids, f"{place}: the id is no literal text"
        for id_ in ids:
            area = id_.partition(".")[0]
            assert area in AREAS, f"{place}: there is no area {area}"
            assert id_ in _texts(area, "en"), f"{place}: there is no message {id_}"
            needed = {part.name for part in template(id_, "en") if isinstance(part, Place)}
            assert names is None or needed == names, f"{place}: {id_} takes {sorted(needed)}"


def _labelled() -> Iterator[tuple[str, str]]:
    """Give the areas that pages say by the names of labels, each with every word that stands in their folder."""
    for path in _modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) == "Labels":
                (area,) = _literals(node.args[0])
                for beside in path.parent.glob("*.py"):
                    parts = ast.walk(ast.parse(beside.read_text(encoding="utf-8")))
                    yield from (
                        (area, one.value)
                        for one in parts
                        if isinstance(one, ast.Constant) and isinstance(one.value, str)
                    )
                for template_ in path.parent.glob("templates/*.html"):
                    words = re.findall(r"""["']([a-z_]+)["']""", template_.read_text(encoding="utf-8"))
                    yield from ((area, one) for one in words)


#: Names of words that reports make of a value: a kind of change, a verdict, a state of a waiver.
MADE = ("drift_", "change_", "v_", "sum_", "waiver_state_")


def _reported() -> Iterator[str]:
    """Give the messages that reports say by their names, or by that of a state, a severity, an area, a framework."""
    report = ROOT / "reports" / "rempart_reports"
    files = [*_modules(), *sorted(report.rglob("*.html"))]
    source = "\n".join(path.read_text(encoding="utf-8") for path in files)
    named = {*re.findall(r"""["']([a-z_]+)["']""", source), *(state.value for state in State)}
    named |= {*(severity.value for severity in Severity), *DISRUPTIONS, *ROLES}
    named |= {path.name for path in (ROOT / "checks").iterdir()}
    named |= {path.stem for path in (ROOT / "checks" / "frameworks").glob("*.yaml")}
    formats = (report / "formats" / "registry.py").read_text(encoding="utf-8")
    yield from re.findall(r'"(help\.format_\w+)"', formats)
    for area in ("report_word", "report_count", "page_word"):
        for id_ in _texts(area, "en"):
            name = id_.removeprefix(f"{area}.")
            if name in named or name.startswith(MADE):
                yield id_


def _said_by_roles() -> Iterator[str]:
    """Give the messages that roles and their modules name (``tests/playbooks/test_said.py`` sees how)."""
    for path in (ROOT / "playbooks").rglob("*.*"):
        if path.suffix in {".py", ".yml"}:
            yield from re.findall(r"\brole\.[a-z_]+", path.read_text(encoding="utf-8"))


def test_every_message_is_used() -> None:
    used = {id_ for _, ids, _ in _uses() for id_ in ids} | set(_texts("text", "en"))
    used |= {f"{area}.{name}" for area, name in _labelled()} | set(_reported())
    used |= set(_said_by_roles())
    written = {id_ for area in AREAS for id_ in _texts(area, "en")}
    assert written - used == set()


@pytest.mark.parametrize("area", AREAS)
def test_both_languages_have_the_same_messages_with_the_same_values(area: str) -> None:
    english, french = (_texts(area, language) for language in LANGUAGES)
    assert english.keys() == french.keys()
    for id_ in english:
        assert id_.startswith(f"{area}."), id_
        parts = [[part for part in template(id_, language) if isinstance(part, Place)] for language in LANGUAGES]
        assert id_ == "text.own" or {part.name for part in parts[0]} == {part.name for part in parts[1]}, id_
        for text in (english[id_], french[id_]):
            assert text or id_ == "text.nothing", id_
            assert not re.search(r"[{}]", re.sub(r"\{\w+(:[^{}|]*\|[^{}|]*)?\}", "", text)), f"{id_}: half a place"
        assert "'" not in re.sub(r"`[^`]*`|\S*'\S+'|(?<=\s)'[^'\n]*'", "", french[id_]), f"{id_}: French has ’"


def _said(tree: ast.AST) -> Iterator[ast.expr]:
    """Yield what a module raises, prints or gives as help."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            name = getattr(node.exc.func, "id", "")
            if name.endswith("Error") and name not in {"ValueError", "KeyError", "TypeError", "OSError", "EOFError"}:
                yield from node.exc.args[:1]
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print":
            yield from node.args
        if isinstance(node, ast.keyword) and node.arg in {"help", "description", "epilog"}:
            yield node.value


def _holds_text(node: ast.expr) -> bool:
    """Tell whether an expression holds words of ours, two or more; what makes a message has none."""
    if isinstance(node, ast.Call) and _name(node.func) in {*MAKERS, "Text"}:
        return False
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and len(re.findall(r"[A-Za-z]{2,}", node.value)) > 1
    return any(_holds_text(child) for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr))


def _not_moved() -> list[str]:
    found = []
    for path in _modules():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if any(_holds_text(node) for node in _said(tree)):
            found.append(str(path.relative_to(ROOT)))
    return found


def test_the_list_of_modules_that_say_something_by_themselves_only_shrinks() -> None:
    """Take out of it what says messages by now; put nothing in: texts have their place in ``messages``."""
    assert _not_moved() == NOT_MOVED.read_text(encoding="utf-8").split()


def test_the_controller_and_the_reports_hold_no_text_beside_its_translation() -> None:
    """A pair of texts is typeset by nobody: French would have plain spaces where it needs fixed ones."""
    found = set()
    for path in [
        path for name in ("controller", "reports") for path in (ROOT / name / f"rempart_{name}").rglob("*.py")
    ]:
        text = path.read_text(encoding="utf-8")
        calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)] if "Text(" in text else []
        if any(_name(call.func) == "Text" and any(map(_is_written, call.args)) for call in calls):
            found.add(path.relative_to(ROOT).as_posix())
    assert found == set()


def _is_written(node: ast.expr) -> bool:
    """Tell whether an argument is a text that stands there, with or without values in it."""
    return bool(_literals(node)) or isinstance(node, ast.JoinedStr)
