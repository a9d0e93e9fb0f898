"""Somebody else's profiles: what is wrong with the file is told at its place, whatever its bytes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_core.content import foreign_profile
from rempart_core.content.foreign_profile import read_foreign_profiles
from rempart_core.error import ContentError


def test_profiles_are_read_in_their_order(tmp_path: Path) -> None:
    file = tmp_path / "p.json"
    file.write_text('{"rhel9/stig": ["b", "a"],\n "x": ["a.b-c+d"]}')
    assert read_foreign_profiles(str(file)) == {"rhel9/stig": ("b", "a"), "x": ("a.b-c+d",)}


@pytest.mark.parametrize(
    ("text", "mistakes"),
    [
        ("", ["1:1: not JSON: a value is missing"]),
        ('{"a": ["b"]} x', ["1:14: not JSON: there is more text after its end"]),
        ('{"a": ["b",]}', ["1:1", "not JSON"]),
        ("[]", ["1:1: expected a JSON object"]),
        ("{}", ["1:1: expected a JSON object"]),
        ('{"a": []}', ["1:7: the list is empty"]),
        ('{"a": {"b": [1]},\n "c": ["d e"]}', ["1:7: expected a list of rules", '2:8: "d e" is not']),
        ('{"a": ["b",\n  "c", "b"]}', ['2:8: "b"']),
        ('{"a": ["b"],\n "a": ["c"]}', ['2:2: "a"']),
        ('{"a": ["b", ["c"], 7, "d,]e"]}', ["1:13: ", "1:20: ", "1:23: "]),
        ('{"a b": ["c"]}', ["1:2: "]),
        ('{"a": ["' + "x" * 121 + '"]}', ["1:8: "]),
    ],
)
def test_each_mistake_has_its_place(tmp_path: Path, text: str, mistakes: list[str]) -> None:
    file = tmp_path / "p.json"
    file.write_text(text)
    with pytest.raises(ContentError) as caught:
        read_foreign_profiles(str(file))
    told = "\n".join(str(one) for one in caught.value.mistakes)
    assert all(one in told for one in mistakes), told


def test_a_list_whose_names_are_wrong_is_not_called_empty(tmp_path: Path) -> None:
    file = tmp_path / "p.json"
    file.write_text('{"a": [1]}')
    with pytest.raises(ContentError) as caught:
        read_foreign_profiles(str(file))
    assert [str(one).partition(" is not")[0] for one in caught.value.mistakes] == [f'{file}:1:8: "1"']


def test_what_is_too_large_or_not_there_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "p.json"
    file.write_text('{"a": ["b"]}')
    monkeypatch.setattr(foreign_profile, "SIZE_LIMIT", 11)
    for path in (file, tmp_path / "none", tmp_path):
        with pytest.raises(ContentError):
            read_foreign_profiles(str(path))


@given(st.binary(max_size=60) | st.text(st.sampled_from('{}[]:,"\\ab1 \n'), max_size=30).map(str.encode))
def test_any_bytes_are_profiles_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "any.json"
    file.write_bytes(data)
    try:
        assert read_foreign_profiles(str(file))
    except ContentError as error:
        assert error.mistakes  # noqa: PT017 - either is right
