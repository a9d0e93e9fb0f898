"""A YAML file becomes nodes with their places, or mistakes with theirs; never a traceback."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rempart_core.content.scalar import resolve
from rempart_core.content.yamlfile import SIZE_LIMIT, Document, Entries, Items, Scalar, parse, read
from rempart_core.error import Mistake

Parse = Callable[[str | bytes], Document]
Places = Callable[[list[Mistake]], list[str]]


@pytest.fixture(params=["libyaml", "python"], autouse=True)
def _loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every test with libyaml and with PyYAML's own parser, which a machine without libyaml has."""
    if request.param == "python":
        monkeypatch.delattr(yaml, "CSafeLoader", raising=False)


def test_nodes_know_their_place(document: Parse) -> None:
    root = document("a: 1\nb:\n  - x\n  - 'y'\n").root
    assert isinstance(root, Entries)
    (key, one), (_, several) = root.pairs
    assert key == Scalar(1, 1, "a", "")
    assert one == Scalar(1, 4, "1", "")
    assert isinstance(several, Items)
    assert several.nodes == [Scalar(3, 5, "x", ""), Scalar(4, 5, "y", "'")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: 2\na: 3\n", '3:1: the key "a" stands on line 1 too'),
        ("a:\n\tb: 1\n", "2:1: a tab can't stand here: indent with spaces"),
        ("a: b: c\n", '1:5: a ": " can\'t stand here: put the text in quotes, or fix the indentation'),
        ("a: @now-3d\n", "1:4: a plain text can't begin with @: put it in quotes"),
        ("a: `x`\n", "1:4: a plain text can't begin with `: put it in quotes"),
        ("a: 1\nb: 'x\n", "2:4: the quote that opens here is never closed"),
        ('b: "x\n', "1:4: the quote that opens here is never closed"),
        ("a: 1\nb\nc: 2\n", '2:1: expected "key: value", found a line without ": "'),
        ("a: &x 1\nb: 2\n", "1:4: the anchor &x is not understood here: leave it out"),
        ("a: *x\n", "1:4: the alias *x is not understood here: write the value out"),
        ("a: !!python/name:os.system x\n", "is not understood here: leave it out"),
        ("a: !foo {b: 1}\n", '1:4: the tag "!foo" is not understood here: leave it out'),
        ("a: 1\n---\nb: 2\n", "2:1: a second document begins: one file holds one"),
        ("- a\n", '1:1: expected keys and values ("key: value"), found a list'),
        ("a:b\n", '1:1: expected keys and values ("key: value"), found one text'),
        ("", "1:1: is empty"),
        ("# only a comment\n", "1:1: is empty"),
        ("? [a]\n: b\n", "1:3: a key has to be a text"),
        ("a: x\x00y\n", "1:5: the character U+0000 can't stand in a YAML file"),
        ("a: é\x1b[31m\n", "1:5: the character U+001B can't stand in a YAML file"),
        (b"\xef\xbb\xbfa: 1\n", "1:1: begins with a byte order mark: save it as UTF-8 without one"),
        (b"a: 1\nb: \xc3\xa9\xff\n", "2:5: the byte 0xff is no UTF-8: save the file as UTF-8"),
        ('a: "\\0"\n', "1:4: a text may hold neither NUL nor half a surrogate pair"),
        ("a: " + "[" * 30, "is nested deeper than 20 levels"),
        ("a: " + "[" * 3000, "is nested deeper than 20 levels"),
        ("a: " + "{b: " * 30, "is nested deeper than 20 levels"),
        ("a: [1, 2\nb: 3\n", "the bracket that opens on line 1, column 4 is not closed"),
        ("a:\n    b: 1\n  c: 2\n", "3:3: expected a key as deeply indented as its neighbours"),
        ("a: |\n  x\n y\n", "3:2: expected a key as deeply indented as its neighbours"),
        ('a: "\\d"\n', "is no valid YAML here"),
        ("a: 1\nb: ]\n", "2:4: is no valid YAML here"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    document: Parse, places: Places, text: str | bytes, expected: str
) -> None:
    found = places(document(text).mistakes)
    assert any(expected in mistake for mistake in found), found


def test_a_bomb_of_aliases_is_not_unfolded(document: Parse) -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    found = document("\n".join(lines))
    assert len(found.mistakes) == 60 + 2 * 59


def test_all_mistakes_of_a_file_are_found_at_once(document: Parse, places: Places) -> None:
    assert places(document("a: &x 1\nb: 2\nb: 3\nc: !t 4\n").mistakes) == [
        "1:4: the anchor &x is not understood here: leave it out",
        '3:1: the key "b" stands on line 2 too',
        '4:4: the tag "!t" is not understood here: leave it out',
    ]


def test_a_huge_file_is_not_read_whole(document: Parse, places: Places) -> None:
    assert places(document(b"a: 1\n" + b"#" * SIZE_LIMIT).mistakes) == [
        "0:0: is larger than 1024 KiB: no content file is"
    ]


def test_a_file_that_cannot_be_read_is_a_mistake(tmp_path: Path) -> None:
    found = read(str(tmp_path / "none.yaml"))
    assert [str(mistake) for mistake in found.mistakes] == [
        f"{tmp_path}/none.yaml: can't be read: no such file or directory"
    ]
    assert "can't be read" in str(read(str(tmp_path)).mistakes[0])
    assert "can't be read" in str(read("a\0b").mistakes[0])


# the loader is the same for all examples of a test
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(max_size=200), st.text("ab:-[]{}&*!|>'\"#%@`,?\n\t 0é\x85", max_size=60).map(str.encode)))
def test_no_bytes_raise(data: bytes) -> None:
    found = parse(data, "x.yaml")
    assert isinstance(found.root, Entries) or found.mistakes


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        *[
            (text, "ambiguous")
            for text in ("0640", "0x1F", "0o17", "0b1", "1:30", "1_000", "+5", "1.5", "8.20", "1e3", ".5")
        ],
        *[(text, "ambiguous") for text in ("yes", "No", "on", "OFF", "y", "N", "True", "NULL", "2026-01-02", "-0")],
        *[(text, "ambiguous") for text in ("2026-01-02T10:00:00Z", ".inf", "-.INF", ".nan", "=", "<<", "190:20:30.15")],
        *[(text, "integer") for text in ("0", "14", "-5", "9223372036854775808")],
        *[
            (text, "text")
            for text in ("ext4", "/boot", "1.2.3", "10.0.0.1", "32(1)(a)", "a b", "sha256", "v1.5", "-", "d0")
        ],
        *[(text, "text") for text in ("fe80::1", "12:34:56:78:9a:bc", "none", "2026-03", "1-2", "e3")],
        ("true", "flag"),
        ("false", "flag"),
        ("null", "null"),
        ("~", "null"),
        ("", "null"),
    ],
)
def test_a_plain_scalar_is_taken_only_where_every_reader_agrees(text: str, kind: str) -> None:
    assert resolve(Scalar(1, 1, text, "")).kind == kind
    assert resolve(Scalar(1, 1, text, '"')) == ("text", text)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1, max_size=12).filter(
        lambda t: t[0] not in "*&!"
    )
)
def test_what_other_readers_take_for_no_text_is_none_here(text: str) -> None:
    """PyYAML's resolver (YAML 1.1) is the other opinion."""
    tag = yaml.SafeLoader("").resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    if resolve(Scalar(1, 1, text, "")).kind == "text":
        assert tag == "tag:yaml.org,2002:str"
