"""Atoms of Portage."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.formats import portage


@pytest.mark.parametrize(
    ("atom", "parts"),
    [  # portageSplitPackageVersion of osquery says the same of these
        ("app-editors/vim-9.0.1-r2", ("app-editors/vim", "9.0.1-r2")),
        (">=dev-libs/a-1.0", ("dev-libs/a", ">=1.0")),
        ("=dev-libs/a-1.0/", ("dev-libs/a", "1.0")),
        ("dev-libs/a", ("dev-libs/a", "")),
        ("dev-libs/lib-x", ("dev-libs/lib-x", "")),
        ("a-1/b", ("a-1/b", "")),
        ("<cat/d", ("cat/d", "<")),
        ("", ("", "")),
    ],
)
def test_an_atom_is_package_and_version(atom: str, parts: tuple[str, str]) -> None:
    assert portage.split(atom) == parts


@given(st.text() | st.text("<>=-/1a"))
def test_any_text_is_taken(text: str) -> None:
    package, version = portage.split(text)
    assert len(package) + len(version) <= len(text)
    assert all(words for words in portage.atoms(text))
