"""What is wrong with a command line is said in the reader's language, whatever argparse itself says."""

from __future__ import annotations

import argparse
import gettext
import struct
from pathlib import Path
from typing import Any

import pytest
from rempart_testing.spaces import plain

from rempart_agent.cli.base import Parser, size


def make_parser() -> Parser:
    parser = Parser(prog="x")
    parser.add_argument("place")
    parser.add_argument("--count", type=int)
    parser.add_argument("--share", type=float)
    parser.add_argument("--color", choices=["red", "green"])
    parser.add_argument("--two", nargs=2)
    parser.add_argument("--some", nargs="+")
    parser.add_argument("--yes", action="store_true")
    one = parser.add_mutually_exclusive_group()
    one.add_argument("--show", action="store_true")
    one.add_argument("--write", action="store_true")
    return parser


@pytest.mark.usefixtures("a_catalog_of_the_system")
def test_a_catalog_of_the_system_does_not_translate_what_we_look_for(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        make_parser().parse_args(["a", "--count", "x"])
    assert '--count: "x" is not a whole number' in capsys.readouterr().err


@pytest.fixture
def a_catalog_of_the_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give gettext a catalog of argparse's words, as a distribution may ship one; see gettext(3), "GNU MO file"."""
    said, other = b"invalid %(type)s value: %(value)r", b"%(value)r: %(type)s!"
    head = struct.pack("<7I", 0x950412DE, 0, 1, 28, 36, 0, 44)
    table = struct.pack("<4I", len(said), 44, len(other), 44 + len(said) + 1)
    folder = tmp_path / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.mo").write_bytes(head + table + said + b"\0" + other + b"\0")
    monkeypatch.setenv("LANGUAGE", "fr")
    monkeypatch.setattr(gettext, "_default_localedir", str(tmp_path))
    assert gettext.gettext(said.decode()) == other.decode()


WRONG: list[tuple[list[str], str, str]] = [
    ([], "missing: place", "manquant : place"),
    (["a", "--count"], "--count: a value is missing", "--count : une valeur manque"),
    (["a", "--count", "x"], '--count: "x" is not a whole number', "--count : « x » n’est pas un nombre entier"),
    (["a", "--share", "x"], '--share: "x" is not a number', "--share : « x » n’est pas un nombre"),
    (["a", "--color", "blau"], '"blau" is not one of: red, green', "« blau » n’est pas parmi : red, green"),
    (["a", "--color", "gren"], '"gren" is unknown: did you mean "green"?', "« gren » est inconnu : vouliez-vous dire"),
    (["a", "--two", "1"], "--two: 2 values are needed", "--two : 2 valeurs nécessaires"),
    (["a", "--some"], "--some: at least one value is needed", "--some : au moins une valeur est nécessaire"),
    (["a", "--yes=1"], '--yes: takes no value (found "1")', "--yes : ne prend pas de valeur (trouvé : « 1 »)"),
    (["a", "--show", "--write"], "--write: cannot be combined with --show", "--write : ne se combine pas avec --show"),
    (["a", "--s"], "--s may mean --share, --some, --show", "--s peut désigner --share, --some, --show"),
    (["a", "b", "--xyz"], "unknown: b --xyz", "inconnu : b --xyz"),
]


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(("words", "english", "french"), WRONG)
def test_a_wrong_command_line(
    words: list[str], english: str, french: str, language: str, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setattr("rempart_agent.cli.language._chosen", language)
    with pytest.raises(SystemExit) as end:
        make_parser().parse_args(words)
    said = capsys.readouterr()
    assert (end.value.code, said.out) == (2, "")
    usage, error, hint = plain(said.err).rsplit("\n", 3)[:3]
    assert usage.startswith("usage: x [-h]" if language == "en" else "utilisation : x [-h]")
    assert error.startswith("x: error: " if language == "en" else "x: erreur : ")
    assert (english if language == "en" else french) in error
    assert hint == ("see `x --help`" if language == "en" else "voir `x --help`")


def test_what_a_user_typed_is_no_command_to_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr("rempart_agent.cli.language._chosen", "en")
    with pytest.raises(SystemExit):
        make_parser().parse_args(["a", "--color", "\x1b[31m" + "x" * 500, "--y\x1b[0m"])
    said = capsys.readouterr().err
    assert "\x1b" not in said
    assert "x" * 70 not in said


def test_help_is_in_french_as_a_whole(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr("rempart_agent.cli.language._chosen", "fr")
    make_parser().print_help()
    said = capsys.readouterr().out
    assert "afficher cette aide et quitter" in said
    assert not any(word in said for word in ("usage:", "positional", "show this help"))


def test_a_size_has_a_unit() -> None:
    assert [size(one) for one in ("500M", "32G", "1t")] == [500 << 20, 32 << 30, 1 << 40]
    for wrong in ("", "G", "32", "0G", "-1G", "1.5G", "1K", "９G", "9" * 50 + "G"):
        with pytest.raises(argparse.ArgumentTypeError, match="32G"):
            size(wrong)
