"""All that people read is in plain words: none of ``banned_words.txt``, in English and in French."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from rempart_testing import yaml_text

ROOT = Path(__file__).parents[1]
WORDS = ROOT / "tests" / "banned_words.txt"
PACKAGES = ("core", "agent", "reports", "store", "controller", "server")
FRENCH = re.compile("[àâçéèêîôùûÀÉÊœ]|[a-z]’[a-z]{3}")
DOCUMENTS = (ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))


class Banned(NamedTuple):
    """A word that no text uses, with its other forms, what to write instead and why, and phrases that may hold it."""

    language: str
    forms: tuple[str, ...]
    instead: str
    why: str
    free: tuple[str, ...] = ()

    def find(self, text: str) -> str:
        """Return the form that stands in a text; ``""`` where none does."""
        for phrase in self.free:
            text = re.sub(_flexible(phrase), "…", text, flags=re.IGNORECASE)
        any_form = "|".join(_flexible(form) for form in self.forms)
        found = re.search(rf"(?<![\w./-])(?:{any_form})(?![\w-])", text, re.IGNORECASE)
        return found[0] if found else ""


def _flexible(phrase: str) -> str:
    """Return the pattern of a phrase, whatever spaces and line ends stand between its words."""
    return re.escape(phrase).replace(r"\ ", r"\s+")


def _split(words: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in words.split(",") if word.strip())


class Said(NamedTuple):
    """A text that people read: its language, and where it stands."""

    language: str
    place: str
    text: str


@cache
def banned() -> tuple[Banned, ...]:
    """Return the list."""
    lines = [line for line in WORDS.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    rows = [[part.strip() for part in line.split("|")] for line in lines]
    assert all(len(row) == 4 and all(row) for row in rows), "language | words | instead | why"
    parts = [(row, *row[1].partition(" except ")) for row in rows]
    return tuple(Banned(row[0], _split(forms), row[2], row[3], _split(free)) for row, forms, _, free in parts)


def messages() -> Iterator[Said]:
    """Give what programs say."""
    for language in ("en", "fr"):
        for path in sorted((ROOT / "core" / "rempart_core" / "messages" / language).glob("[!_]*.py")):
            texts = importlib.import_module(f"rempart_core.messages.{language}.{path.stem}").TEXTS
            yield from (Said(language, id_, text) for id_, text in texts.items())


def _literal(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(_literal(value) or "{}" for value in values)
    return ""


def pairs() -> Iterator[Said]:
    """Give the texts that stand in modules in both languages: ``Text(en, fr)``, and in reports pairs of texts."""
    for name in PACKAGES:
        for path in sorted((ROOT / name / f"rempart_{name}").rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                both: list[ast.expr] = []
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Text":
                    both = node.args
                elif isinstance(node, ast.Tuple) and name == "reports":
                    both = node.elts
                if len(both) == 2:
                    place = f"{path.relative_to(ROOT)}:{both[0].lineno}"
                    yield from (
                        Said(language, place, _literal(one)) for language, one in zip(("en", "fr"), both, strict=True)
                    )


def french() -> Iterator[Said]:
    """Give the texts of modules that are French by their letters, wherever they stand."""
    for name in PACKAGES:
        for path in sorted((ROOT / name / f"rempart_{name}").rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            if "messages" in path.parts or not FRENCH.search(text):
                continue
            for node in ast.walk(ast.parse(text)):
                said = _literal(node) if isinstance(node, ast.Constant | ast.JoinedStr) else ""
                if FRENCH.search(said):
                    yield Said("fr", f"{path.relative_to(ROOT)}:{node.lineno}", re.sub(r"`[^`]*`", "`…`", said))


def documents() -> Iterator[Said]:
    """Give the lines of the documents, without what stands in backticks."""
    for path in DOCUMENTS:
        fenced = False
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            fenced ^= line.lstrip().startswith("```")
            if not fenced:
                yield Said("en", f"{path.relative_to(ROOT)}:{number}", re.sub(r"`[^`]*`", "`…`", line))


def content() -> Iterator[Said]:
    """Give what checks and preconditions say."""
    for folder in ("checks", "playbooks/preconditions"):
        for path in sorted((ROOT / folder).rglob("*.yaml")):
            if not path.name.endswith(".test.yaml"):
                data = yaml_text.load_file(path)
                yield from _both(data, str(path.relative_to(ROOT)))


def _both(data: object, place: str) -> Iterator[Said]:
    if isinstance(data, dict) and data.keys() == {"en", "fr"}:
        for language, said in data.items():
            texts = said if isinstance(said, list) else [said]
            yield from (Said(language, place, re.sub(r"`[^`]*`", "`…`", str(text))) for text in texts)
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _both(value, f"{place}: {key}")
    elif isinstance(data, list):
        for value in data:
            yield from _both(value, place)


@pytest.mark.parametrize("texts", [messages, pairs, french, documents, content])
def test_what_people_read_is_in_plain_words(texts: object) -> None:
    assert callable(texts)
    said: list[Said] = list(texts())
    assert len(said) > 50, "nothing was read"
    wrong = [
        f"{one.place}: {found}: write {word.instead} ({word.why})"
        for one in said
        for word in banned()
        if word.language == one.language and (found := word.find(one.text))
    ]
    assert wrong == []


def test_a_banned_word_is_found_in_any_case_and_over_a_line_and_never_within_another() -> None:
    word = Banned("en", ("goes on with", "lest"), "…", "…")
    assert word.find("It Goes on\nwith it") == "Goes on\nwith"
    assert Banned("fr", ("contrôle",), "…", "…", ("contrôle d’accès",)).find("le contrôle\nd’accès") == ""
    assert Banned("fr", ("contrôle",), "…", "…", ("contrôle d’accès",)).find("ce contrôle d’accès, ce contrôle")
    assert word.find("the wildest, `x-lest`, lest-we, /lest, a.lest") == ""
    assert all(one.language in {"en", "fr"} for one in banned())
