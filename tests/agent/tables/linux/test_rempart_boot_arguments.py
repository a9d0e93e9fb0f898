"""Table rempart_boot_arguments: ways to start, each with its arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rempart_agent.source.contract import Query
from rempart_agent.tables.linux import rempart_boot_arguments

RootOf = Callable[[Mapping[str, str | bytes]], Any]


def test_rows_of_a_way_to_start(root_of: RootOf) -> None:
    text = "menuentry e {\nlinux /k audit=1 ro slub_debug='\"FZP\"' -- single=1\n}\nmenuentry f {\nlinux /l\n}\n"
    rows = [dict(row) for row in rempart_boot_arguments.rows(root_of({"/boot/grub/grub.cfg": text}), Query())]
    grub = [row for row in rows if row["kind"] == "grub"]
    assert [(row["number"], row["place"], row.get("argument"), row.get("value")) for row in grub] == [
        (1, 0, None, None),
        (1, 1, "audit", "1"),
        (1, 2, "ro", ""),
        (1, 3, "slub_debug", "FZP"),
        (2, 0, None, None),
    ]
    assert {row["line"] for row in grub} == {2, 5}


def test_quotes_around_a_whole_argument_are_none_of_its_name(root_of: RootOf) -> None:
    text = "menuentry e {\nlinux /k '\"selinux=0\"' '\"a b=c\"'\n}\n"
    rows = [dict(row) for row in rempart_boot_arguments.rows(root_of({"/boot/grub/grub.cfg": text}), Query())]
    told = [(row.get("argument"), row.get("value")) for row in rows if row["kind"] == "grub" and row["place"]]
    assert told[0] == ("selinux", "0")
