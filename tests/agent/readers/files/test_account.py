"""Home folders of accounts: those of root, of the users that are named, or of the user that runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from rempart_agent.readers.files import account
from rempart_agent.source.contract import Constraint, Query
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
PASSWD = """\
root:x:0:0:root:/root:/bin/bash
# a comment:x:5:5::/:/bin/sh

  alice:x:1000:1000:Alice Martin,,,:/home/alice:/bin/bash
toor:x:0:0::/root2:/bin/sh
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
old:x:4294967294:4294967294::/:/bin/sh
"""


def _homes(target: Any, *uids: str) -> list[tuple[int, str]]:
    return account.homes(target, Query(frozenset(), (Constraint("uid", "=", uids),) if uids else ()))


@pytest.mark.parametrize(
    ("line", "account_of_it"),
    [
        # what glibc 2.41 answered for each of these lines
        ("short:x:7:7", ("short", 7, 7, "", "", "")),
        (":x:0:0::/:/bin/sh", ("", 0, 0, "", "/", "/bin/sh")),
        ("more:x:11:11:g:/h:/bin/sh:more", ("more", 11, 11, "g", "/h", "/bin/sh:more")),
        ("crlf:x:12:12:g:/h:/bin/sh\r", ("crlf", 12, 12, "g", "/h", "/bin/sh\r")),
        ("octal:x:010:+9::/:", ("octal", 10, 9, "", "/", "")),
        ("+", ("+", 0, 0, "", "", "")),
        ("+nis::::::", ("+nis", 0, 0, "", "", "")),
        ("blank:x: 9: 9 ::/:/bin/sh", None),
        ("nogid:x:14", None),
        ("emptygid:x:15:", None),
        ("hex:x:0x10:16::/:", None),
        ("negative:x:-2:-2::/:/bin/sh", None),
        ("large:x:4294967296:0::/:/bin/sh", None),
        ("name alone", None),
    ],
)
def test_a_line_counts_where_it_does_for_the_c_library(line: str, account_of_it: tuple[Any, ...] | None) -> None:
    assert list(account.parse_accounts(line)) == ([account_of_it] if account_of_it else [])


def test_homes_are_those_of_root_or_of_the_users_that_are_named(root_of: RootOf) -> None:
    target = root_of({"/etc/passwd": PASSWD + "none:x:5:5:::\nroot3:x:0:0::/root/:\nslash:x:6:6::/:"})
    assert _homes(target) == [(0, "/root"), (0, "/root2")]
    assert _homes(target, "1000", "x", "5", "6") == [(6, ""), (1000, "/home/alice")]


def test_homes_on_a_running_machine_are_those_of_the_user_that_runs(
    machine_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.getuid", lambda: 1000)
    assert _homes(machine_of({"/etc/passwd": PASSWD})) == [(1000, "/home/alice")]
