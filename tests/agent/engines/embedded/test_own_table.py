"""Tables about the engine itself: they say what answers, and never pass for osquery."""

from __future__ import annotations

from collections.abc import Iterable

from rempart_agent.engines.embedded.own_table import OWN_TABLES
from rempart_core.version import VERSION


class Two:
    def names(self) -> Iterable[str]:
        return ["users", "groups"]


def test_they_say_what_answers_and_what_it_has() -> None:
    (info,) = OWN_TABLES["osquery_info"][1](Two())
    assert (info["version"], info["build_distro"]) == (VERSION, "embedded")
    assert [row["name"] for row in OWN_TABLES["osquery_registry"][1](Two())] == ["groups", "users"]
    assert OWN_TABLES["osquery_events"][1](Two()) == []


def test_their_rows_have_their_columns() -> None:
    for columns, rows in OWN_TABLES.values():
        names = {column.name for column in columns()}
        assert all(set(row) <= names for row in rows(Two()))
