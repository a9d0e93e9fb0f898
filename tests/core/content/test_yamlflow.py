"""A value as a person writes it: what is written reads back as the same value, whoever reads it."""

from __future__ import annotations

import pytest
import yaml

from rempart_core.content.checkfile import read_checks
from rempart_core.content.place import content_root
from rempart_core.content.yamlflow import write_flow, write_items
from rempart_core.model.parameter import Value


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ([], "[]"),
        (["bin", "daemon"], "[bin, daemon]"),
        ([["/etc/shadow", 7], ["/etc/opt", 2]], "[[/etc/shadow, 7], [/etc/opt, 2]]"),
        (
            ["027", "no", "8.20", "*", "~", "", "22:22", "a, b", "[x]"],
            '["027", "no", "8.20", "*", "~", "", "22:22", "a, b", "[x]"]',
        ),
        ("0750", '"0750"'),
        ("one\ntwo", '"one\\ntwo"'),
        ("aujourd’hui, s’il", '"aujourd’hui, s’il"'),
        (27, "27"),
    ],
)
def test_a_value_is_written_in_quotes_only_where_a_reader_could_take_it_for_another(value: Value, written: str) -> None:
    assert write_flow(value) == written
    assert yaml.safe_load(written) == value


def test_the_default_of_each_check_reads_back_as_it_is() -> None:
    values = [p.default for check in read_checks([f"{content_root()}/checks"]) for p in check.parameters.values()]
    assert len(values) > 100
    for value in values:
        assert yaml.safe_load(write_flow(value)) == value
        items = write_items(value)
        assert not items or yaml.safe_load("\n".join(items)) == value


def test_a_long_list_has_an_item_a_line() -> None:
    assert write_items(["bin"] * 5) == []
    assert write_items("x" * 200) == []
    assert write_items([["audit", "1"]] * 30)[:2] == ['- [audit, "1"]', '- [audit, "1"]']
