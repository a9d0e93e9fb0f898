"""Commands of start-up files: what is not understood is named with its place, so that an admin finds it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rempart_agent.source.contract import Query
from rempart_agent.tables.linux import rempart_shell_value

PASSWD = "root:x:0:0::/root:/bin/bash\n"


def test_what_is_not_understood_is_named_with_its_place_and_what_follows_names_the_cause(
    root_of: Callable[..., Any],
) -> None:
    files = {"/etc/passwd": PASSWD, "/root/.bash_profile": 'umask 077\n\neval "$(/opt/init -)"\n. "$HOME/env"\n'}
    why = {row["why"] for row in rempart_shell_value.rows(root_of(files), Query()) if row["account"] == "root"}
    assert why == {"/root/.bash_profile, line 3: eval"}
    sourced = {**files, "/root/.bash_profile": '. "$SOMEWHERE/env"\n'}
    why = {row["why"] for row in rempart_shell_value.rows(root_of(sourced), Query()) if row["account"] == "root"}
    assert why == {"/root/.bash_profile, line 1: a file that is not known"}
