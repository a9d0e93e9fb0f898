"""Table rempart_aide_watch: how AIDE watches files that are named."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from rempart_agent.source.contract import Constraint, Query
from rempart_agent.tables.linux import rempart_aide_watch
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
TOOLS = Query(frozenset(), (Constraint("path", "=", ("/sbin/auditctl", "/usr/sbin/auditctl", "/usr/sbin/auditd")),))


def test_a_file_is_looked_up_as_it_lies(root_of: RootOf) -> None:
    target = root_of({"/usr/sbin/auditctl": "", "/etc/aide.conf": "/sbin/auditctl R\n/usr/sbin/auditctl p+sha512\n"})
    os.symlink("usr/sbin", target.root + "/sbin")
    rows = [dict(row) for row in rempart_aide_watch.rows(target, TOOLS)]
    assert [(row["path"], row["real_path"], row["line"], row["attributes"]) for row in rows] == [
        ("/sbin/auditctl", "/usr/sbin/auditctl", 2, " p sha512 "),
        ("/usr/sbin/auditctl", "/usr/sbin/auditctl", 2, " p sha512 "),
    ]


def test_each_configuration_says_what_it_does_of_it(root_of: RootOf) -> None:
    target = root_of(
        {
            "/usr/sbin/auditd": "",
            "/etc/aide.conf": "/usr p\n!/usr/sbin/.*\n",
            "/etc/aide/aide.conf": "/etc p\n",
        }
    )
    left_out, none = (dict(row) for row in rempart_aide_watch.rows(target, TOOLS))
    assert (left_out["excluded"], left_out["pattern"], "attributes" in left_out) == (1, "/usr/sbin/.*", False)
    assert (none["excluded"], "line" in none) == (0, False)


def test_what_is_not_plain_is_not_guessed(root_of: RootOf) -> None:
    target = root_of({"/usr/sbin/auditd": "", "/etc/aide.conf": "/usr p\n!/usr/(sbin|src)\n"})
    (row,) = rempart_aide_watch.rows(target, TOOLS)
    assert (row["why"], "excluded" in row) == ("not understood: /usr/(sbin|src)", False)
    target = root_of({"/usr/sbin/auditd": "", "/etc/aide.conf": "@@if defined X\n"})
    (row,) = rempart_aide_watch.rows(target, TOOLS)
    assert str(row["why"]).startswith("line 1 is not understood: @@if")


def test_it_is_asked_of_files_that_are_there(root_of: RootOf) -> None:
    target = root_of({"/etc/aide.conf": "/usr p\n"})
    assert list(rempart_aide_watch.rows(target, TOOLS)) == []
    assert list(rempart_aide_watch.rows(target, Query())) == []
