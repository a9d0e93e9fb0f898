"""What an endpoint's readers say: every sentence of theirs is known in French, and nothing else passes for one."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Set as AbstractSet
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.spaces import plain

from rempart_agent.source.contract import Malformed, SourceError, Unfit, reason
from rempart_core.messages.carried import from_data, to_data
from rempart_core.messages.message import Message, as_is
from rempart_core.messages.readers import AREAS, MARK, message_of_said, message_or_theirs, sentences
from rempart_core.messages.say import Place, say, template

AGENT = Path(__file__).parents[3] / "agent" / "rempart_agent"
ERRORS = {"Why", "SaidError"}
OWN = {"Unchosen"}  # says two sentences of its own
NO_VALUES = {"sure"}
HAND_ON = {"strerror", "str"}  # the system's words, and those of another program: data


@cache
def trees() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(AGENT.rglob("*.py"))}


@cache
def found_in(path: Path) -> tuple[list[ast.ImportFrom], list[ast.ClassDef]]:
    nodes = list(ast.walk(trees()[path]))
    return [n for n in nodes if isinstance(n, ast.ImportFrom)], [n for n in nodes if isinstance(n, ast.ClassDef)]


@cache
def kin() -> frozenset[tuple[str, str]]:
    """Return the classes of reasons and of errors that say a sentence: module and name."""
    found = {("rempart_agent.said", name) for name in ERRORS}
    before = 0
    while before < len(found):
        before = len(found)
        for path in trees():
            classes = found_in(path)[1]
            here = names(path, found) if classes else set()
            found |= {(module(path), c.name) for c in classes if any(getattr(b, "id", "") in here for b in c.bases)}
    return frozenset(found)


def module(path: Path) -> str:
    return "rempart_agent." + ".".join(path.relative_to(AGENT).with_suffix("").parts).removesuffix(".__init__")


def names(path: Path, kin: AbstractSet[tuple[str, str]]) -> set[str]:
    """Return what the classes are called in a module: ``Refused``, and ``command.Refused`` where that is imported."""
    imports, classes = found_in(path)
    found = {one.name for one in classes if (module(path), one.name) in kin}
    for node in imports:
        for alias in node.names:
            if (node.module or "", alias.name) in kin:
                found.add(alias.asname or alias.name)
            of_module = f"{node.module}.{alias.name}"
            found |= {f"{alias.asname or alias.name}.{class_}" for name, class_ in kin if name == of_module}
    return found


def literals(node: ast.expr, constants: dict[str, str]) -> list[str]:
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.IfExp(body=body, orelse=orelse):
            return [*literals(body, constants), *literals(orelse, constants)]
        case ast.Name(id=name) if name in constants:
            return [constants[name]]
    return []


@cache
def said() -> list[tuple[str, list[str], set[str], bool]]:
    """Return where a reader says something: place, sentences, names of values, whether it hands words on."""
    found = []
    for path, tree in trees().items():
        here = names(path, kin())
        constants = {
            target.id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name) and isinstance(node.value.value, str)
        }
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = ast.unparse(node.func)
            if called in OWN or (called not in here and called.rpartition(".")[2] != "malformed"):
                continue
            first = node.args[0]
            handed = (
                isinstance(first, ast.Call) and getattr(first.func, "id", getattr(first.func, "attr", "")) in HAND_ON
            )
            values = {keyword.arg for keyword in node.keywords if keyword.arg} - NO_VALUES
            found.append((f"{path.relative_to(AGENT)}:{node.lineno}", literals(first, constants), values, handed))
    return found


#: What stands in a sentence as a part of it is given by name, and is listed in ``fr/readers/parts``.
PARTS_BY_NAME = (
    "said.py",
    "source/contract.py",
    "images/windows/hive.py",
    "images/libyal.py",
    "images/containers/number.py",
    "images/machine.py",
    "images/ntfs.py",
    "readers/files/archive_format.py",
    "tables/linux/block_devices.py",
)


def test_every_sentence_is_literal_and_known_in_french_and_has_its_values() -> None:
    assert len(said()) > 700
    for place, texts, values, handed in said():
        if handed or (place.startswith(PARTS_BY_NAME) and not texts):
            continue
        assert texts, f"{place}: the sentence is no literal text"
        for text in texts:
            assert text in sentences(), f"{place}: `{text}` is not in fr/readers"
            assert values == {part.name for part in template(MARK + text, "en") if isinstance(part, Place)}, place


@pytest.mark.parametrize("area", AREAS)
def test_french_has_the_values_of_english(area: str) -> None:
    from importlib import import_module

    for english, french in import_module(f"rempart_core.messages.fr.readers.{area}").TEXTS.items():
        assert french, english
        parts = [
            [one.name for one in template(MARK + english, lang) if isinstance(one, Place)] for lang in ("en", "fr")
        ]
        assert sorted(parts[0]) == sorted(parts[1]), english
        assert "'" not in re.sub(r"(?<=\s)'[^']*'", "", french), f"{english}: French has ’"


def test_every_sentence_is_said_somewhere() -> None:
    from rempart_core.messages.fr.readers import parts, system

    used = {text for _, texts, _, _ in said() for text in texts} | parts.TEXTS.keys() | system.TEXTS.keys()
    collector = (AGENT / "collector" / "main.py").read_text(encoding="utf-8")  # travels alone: it makes no errors
    assert {one for one in sentences() if one not in used and f'"{one}"' not in collector} == set()


def test_a_part_is_written_where_it_is_said() -> None:
    from rempart_core.messages.fr.readers import parts

    text = "\n".join(path.read_text(encoding="utf-8") for path in AGENT.rglob("*.py"))
    assert [one for one in parts.TEXTS if f'"{one}"' not in text] == []


def test_it_is_said_in_both_languages_through_json_with_what_other_errors_say_in_it() -> None:
    inner = Malformed("no LUKS header")
    error = Unfit(
        "the image was not read whole: {why}", why=Unfit("{path}: {error}", path="/dev/é\x1b[31m", error=inner)
    )
    message = message_of_said(json.loads(json.dumps(error.said)))
    assert message is not None
    assert say(message) == "the image was not read whole: /dev/é�[31m: no LUKS header"
    assert "LUKS" in say(message, "fr")
    assert plain(say(message, "fr")).startswith("l’image n’a pas été lue en entier")
    assert say(from_data(json.loads(json.dumps(to_data(message)))), "fr") == say(message, "fr")


def test_the_systems_reason_is_known_in_french() -> None:
    error = Unfit("{path}: {why}", path="/a", why=reason(PermissionError(13, "Permission denied")))
    assert str(error) == "/a: Permission denied"
    message = message_of_said(error.said)
    assert message is not None
    assert plain(say(message, "fr")) == "/a : accès refusé"


@pytest.mark.parametrize(
    "told",
    [
        None,
        "no LUKS header",
        ["no LUKS header"],
        ["no such sentence", {}],
        ["no such sentence {a}", {"a": 1}],
        ["{path}: {error}", {"path": "/a"}],
        ["{path}: {error}", {"path": "/a", "error": True}],
        ["{path}: {error}", {"path": "/a", "error": None}],
        ["{path}: {error}", {"path": "/a", "error": ["x"]}],
        [MARK, {}],
    ],
)
def test_what_is_no_sentence_of_ours_is_none(told: object) -> None:
    assert message_of_said(told) is None
    assert message_or_theirs(told, "x") == Message("text.theirs", text="x")


def test_what_another_program_says_stays_data_in_our_sentence() -> None:
    message = message_of_said(Malformed("no JSON: {error}", error=SourceError("Expecting value")).said)
    assert message is not None
    assert "Expecting value" in say(message, "fr")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(["{path}: {error}", "no LUKS header"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["path", "error", "x"]), inner),
    max_leaves=12,
)


@given(JSON)
def test_nothing_that_an_endpoint_sends_breaks_it(told: object) -> None:
    message = message_of_said(told)
    if message is not None:
        say(message, "fr")
        assert "\x1b" not in say(message)


def test_values_are_data_even_where_they_look_like_places() -> None:
    error = Unfit("{path}: {error}", path="{error}", error="{path}")
    assert str(error) == "{error}: {path}"
    message = message_of_said(error.said)
    assert message is not None
    assert say(message) == "{error}: {path}"
    assert as_is("x") != message
