"""Table rempart_exports: exports(5) as nfs-utils reads it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.models import exports
from rempart_agent.source.contract import Query
from rempart_agent.tables.linux import rempart_exports


@pytest.mark.parametrize(
    ("text", "expected"),
    [  # folder, client, everybody, root, secure, writable
        ("/a h(rw)", [("/a", "h", 0, 0, 1, 1)]),
        ("/a", [("/a", "", 1, 0, 1, 0)]),
        ("/a h (rw)", [("/a", "h", 0, 0, 1, 0), ("/a", "", 1, 0, 1, 1)]),
        ("/a -rw,no_root_squash h i(root_squash)", [("/a", "h", 0, 1, 1, 1), ("/a", "i", 0, 0, 1, 1)]),
        ("/a -rw", [("/a", "", 1, 0, 1, 1)]),
        ("/a h(no_root_squash,root_squash,insecure,secure)", [("/a", "h", 0, 0, 1, 0)]),
        ("/a h(all_squash,anonuid=0)", [("/a", "h", 0, 1, 1, 0)]),
        ("/a h(anonuid=65534)", [("/a", "h", 0, 0, 1, 0)]),
        ('"/my data" h(rw) # everybody', [("/my data", "h", 0, 0, 1, 1)]),
        ("/my\\040data h", [("/my data", "h", 0, 0, 1, 0)]),
        ("/a \\\n  h(rw) \\\n *(ro)\n/b h", [("/a", "h", 0, 0, 1, 1), ("/a", "*", 1, 0, 1, 0),
         ("/b", "h", 0, 0, 1, 0)]),
        ("/a " + " ".join(f"h{n}(rw)" for n in range(20)), [("/a", f"h{n}", 0, 0, 1, 1) for n in range(20)]),
        ("/a *.*(rw) *.lan(rw) ??? [a-z]*", [("/a", c, e, 0, 1, w) for c, e, w in (
            ("*.*", 1, 1), ("*.lan", 0, 1), ("???", 1, 0), ("[a-z]*", 1, 0))]),
        ("/a 0.0.0.0/0 0.0.0.0/1 10.0.0.0/8 10.0.0.0/255.0.0.0 ::/0 2001:db8::/48", [("/a", c, e, 0, 1, 0) for c, e in (
            ("0.0.0.0/0", 1), ("0.0.0.0/1", 1), ("10.0.0.0/8", 0), ("10.0.0.0/255.0.0.0", 0), ("::/0", 1),
            ("2001:db8::/48", 0))]),
        ("/a @desks gss/krb5 10/8", [("/a", c, None, 0, 1, 0) for c in ("@desks", "gss/krb5", "10/8")]),
        ("# /a *\n\n   # b\n", []),
    ],
)  # fmt: skip
def test_entries(text: str, expected: list[tuple[Any, ...]]) -> None:
    told = [(e.folder, e.client, e.everybody, e.root, e.secure, e.writable) for e in exports.parse(text)]
    assert told == expected


def test_all_sources_with_their_lines(root_of: Callable[..., Any]) -> None:
    target = root_of(
        {
            "/etc/exports": "# x\n/a h\n",
            "/etc/exports.d/z.exports": "/b h\n",
            "/etc/exports.d/z.bak": "/no h\n",
            "/var/lib/nfs/etab": "/c\t*(rw,sync,wdelay,hide,nocrossmnt,secure,root_squash)\n",
        }
    )
    found = [(row["path"], row["line"], row["folder"]) for row in rempart_exports.rows(target, Query())]
    assert found == [("/etc/exports", 2, "/a"), ("/etc/exports.d/z.exports", 1, "/b"), ("/var/lib/nfs/etab", 1, "/c")]


@given(st.text(alphabet='/ah*(){}[]-,"\\#\n\t =0129.@:', max_size=80))
def test_any_text(text: str) -> None:
    assert all(export.line >= 1 for export in exports.parse(text))
