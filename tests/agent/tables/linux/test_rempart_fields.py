"""Table rempart_fields: the words of fstab, crypttab, exports and their like."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.source.contract import Constraint, Query
from rempart_agent.tables.linux import rempart_fields
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, str | bytes]], RootTarget]


def test_a_line_of_fstab(root_of: RootOf) -> None:
    target = root_of({"/etc/fstab": "# c\n\nUUID=a-b  /srv/my\\040files\text4  nodev,nosuid 0  2 # data\n"})
    query = Query(frozenset(), (Constraint("path", "=", ("/etc/fstab", "/etc/crypttab")),))
    assert [dict(r) for r in rempart_fields.rows(target, query)] == [
        {
            "path": "/etc/fstab",
            "line": 3,
            "count": 6,
            "f1": "UUID=a-b",
            "f2": "/srv/my files",
            "f3": "ext4",
            "f4": "nodev,nosuid",
            "f5": "0",
            "f6": "2",
            "text": "UUID=a-b  /srv/my\\040files\text4  nodev,nosuid 0  2",
        }
    ]


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ('"/srv/with blanks" host(rw)', ["/srv/with blanks", "host(rw)"]),
        ("/srv host(rw,sync) \\\n  other(ro)", ["/srv", "host(rw,sync)", "other(ro)"]),
        ("/srv a#b #c", ["/srv", "a#b"]),
        ("caf\\303\\251 \\011x", ["café", "\tx"]),
        ("\\999 a\\04", ["\\999", "a\\04"]),
        ('"open quote', ['"open', "quote"]),
        ("sshd: 10.0.0.0/8\r", ["sshd:", "10.0.0.0/8"]),
        ("end \\", ["end", "\\"]),
    ],
)
def test_words_are_decoded(text: str, fields: list[str]) -> None:
    rows = list(rempart_fields.parse(text))
    assert [rows[0].get(f"f{n}") for n in range(1, len(fields) + 1)] == fields
    assert rows[0]["count"] == len(fields)


def test_the_password_of_a_share_is_left_out_and_its_other_options_stay() -> None:
    line = "//nas/x /mnt cifs user=a,password=s3cret,nosuid,credentials=/etc/nas 0 0"
    row = next(rempart_fields.parse(line))
    assert row["f4"] == "user=a,password=[redacted],nosuid,credentials=/etc/nas"
    assert "s3cret" not in str(row)


def test_more_words_than_columns_are_counted_and_in_the_text() -> None:
    row = next(rempart_fields.parse("1 2 3 4 5 6 7 8 9 10"))
    assert (row["count"], row["f8"], row["text"]) == (10, "8", "1 2 3 4 5 6 7 8 9 10")


def test_a_continued_line_has_the_number_of_its_first() -> None:
    rows = list(rempart_fields.parse("a \\\n b\n# no \\\nc\n"))
    assert [(r["line"], r["text"]) for r in rows] == [(1, "a   b"), (4, "c")]


@given(st.one_of(st.text(), st.text(alphabet=' \t\n\\"#0123a', max_size=40)))
def test_any_text_parses(text: str) -> None:
    for row in rempart_fields.parse(text):
        assert "f1" in row
