"""Table rempart_journald: the settings that count, of all folders."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from rempart_agent.models import journald
from rempart_agent.source.contract import Query
from rempart_agent.tables.linux import rempart_journald
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, str | bytes]], RootTarget]


def _settings(root_of: RootOf, files: dict[str, str]) -> dict[str, tuple[object, object]]:
    rows = rempart_journald.rows(root_of({"/etc/": "", **files}), Query())
    return {str(row["key"]): (row["value"], row["source"]) for row in rows}


def test_nothing_is_set(root_of: RootOf) -> None:
    found = _settings(root_of, {})
    assert found["Storage"] == ("auto", "")
    assert "ForwardToSyslog" not in found  # differs between builds


@pytest.mark.parametrize(
    ("files", "storage"),
    [
        ({"/etc/systemd/journald.conf": "[Journal]\nStorage=persistent\n"}, "persistent"),
        ({"/etc/systemd/journald.conf": "[Other]\nStorage=persistent\n"}, "auto"),
        ({"/etc/systemd/journald.conf": "[Journal]\n#Storage=persistent\n"}, "auto"),
        ({"/etc/systemd/journald.conf": "[Journal]\nStorage=volatile\nStorage=disk\n"}, "volatile"),
        ({"/etc/systemd/journald.conf": "[Journal]\nStorage=Persistent\n"}, "auto"),
        (
            {
                "/etc/systemd/journald.conf": "[Journal]\n",
                "/usr/lib/systemd/journald.conf": "[Journal]\nStorage=none\n",
            },
            "auto",
        ),
        ({"/usr/local/lib/systemd/journald.conf": "[Journal]\nStorage=none\n"}, "none"),
        (
            {
                "/etc/systemd/journald.conf.d/10-a.conf": "[Journal]\nStorage=persistent\n",
                "/usr/local/lib/systemd/journald.conf.d/90-b.conf": "[Journal]\nStorage=volatile\n",
            },
            "volatile",
        ),
        (
            {
                "/usr/lib/systemd/journald.conf.d/50-a.conf": "[Journal]\nStorage=volatile\n",
                "/etc/systemd/journald.conf.d/50-a.conf": "[Journal]\n",
            },
            "auto",
        ),
        ({"/etc/systemd/journald.conf.d/a.conf.bak": "[Journal]\nStorage=none\n"}, "auto"),
    ],
)
def test_the_storage_that_counts(root_of: RootOf, files: dict[str, str], storage: str) -> None:
    assert _settings(root_of, files)["Storage"][0] == storage


def test_a_link_to_dev_null_takes_a_drop_in_away(root_of: RootOf) -> None:
    target = root_of(
        {"/usr/lib/systemd/journald.conf.d/a.conf": "[Journal]\nStorage=none\n", "/etc/systemd/journald.conf.d/": ""}
    )
    link = Path(target.root) / "etc/systemd/journald.conf.d/a.conf"
    os.symlink("/dev/null", link)
    found = {row["key"]: row["value"] for row in rempart_journald.rows(target, Query())}
    assert found["Storage"] == "auto"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("12month", 31_557_600),
        ("1h 30min", 5400),
        ("1 .5s", 1.5),
        ("infinity", float("inf")),
        ("5 apples", None),
        ("", None),
        ("12.34.56", None),
    ],
)
def test_time_spans_are_read_as_systemd_does(text: str, seconds: float | None) -> None:
    assert journald.seconds(text) == seconds


@pytest.mark.parametrize(
    ("value", "counts"),
    [  # config_parse_compress of systemd's journald-server.c: a switch, a size, or nothing
        *((value, 1) for value in ("yes", "on", "1", "", "512", "1K 512", "2M")),
        *((value, 0) for value in ("no", "0", "False")),
        ("maybe", 1),  # not understood: the default stays
        ("1" * 4000 + "x", 1),
    ],
)
def test_the_journal_is_compressed_unless_a_file_says_no(root_of: RootOf, value: str, counts: int) -> None:
    text = f"[Journal]\nCompress={value}\n"
    rows = rempart_journald.rows(root_of({"/etc/": "", "/etc/systemd/journald.conf": text}), Query())
    assert {row["key"]: row["number"] for row in rows}["Compress"] == counts
