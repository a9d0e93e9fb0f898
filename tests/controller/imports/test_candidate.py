"""Values that a statement compares its columns with."""

from __future__ import annotations

import random

from rempart_controller.imports.candidate import find_values, make_rows


def test_a_number_comes_with_its_neighbours_and_a_pattern_with_what_it_takes() -> None:
    found = find_values("SELECT 1 FROM t WHERE size >= 14 AND path LIKE '/etc/%.conf'", ["size", "path"])
    assert {14, 15, 13} <= set(found["size"])
    assert {"/etc/.conf", "/etc/x.conf"} <= set(found["path"])


def test_columns_that_are_joined_share_their_values() -> None:
    found = find_values("SELECT 1 FROM m, d WHERE m.alias = d.name AND d.name = 'sda'", ["alias", "name"])
    assert found["alias"] == found["name"] == ["sda"]


def test_a_value_for_columns_put_together_is_taken_apart() -> None:
    found = find_values("SELECT 1 FROM p WHERE name || '@' || version IN ('@a/b@1.2')", ["name", "version"])
    assert "@a/b" in found["name"]
    assert "1.2" in found["version"]


def test_no_value_is_one_that_a_case_reads_as_a_time() -> None:
    assert find_values("SELECT 1 FROM p WHERE name = '@now-3d'", ["name"])["name"] == []


def test_rows_are_few_however_many_values_there_are() -> None:
    rows = make_rows({name: list(range(8)) for name in "abcdef"}, random.Random(1))  # noqa: S311 - nothing secret
    assert rows[0] == dict.fromkeys("abcdef", 0)
    assert len(rows) < 200
