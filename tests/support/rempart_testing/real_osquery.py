"""The real osquery, asked by its shell: on this machine, or with the files of a tree in the place of this machine's.

A tree is bound over this machine's directories in a mount namespace of the shell's own, which takes root.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from rempart_agent.engines.embedded.engine import TableReader
from rempart_agent.engines.sql.database import Database
from rempart_agent.source.target import Target

PROGRAM = os.environ.get("REMPART_OSQUERYD", "")
NAMED = pytest.mark.skipif(not PROGRAM, reason="REMPART_OSQUERYD names no osqueryd")
BOUND = pytest.mark.skipif(not PROGRAM or os.geteuid() != 0, reason="REMPART_OSQUERYD names no osqueryd, or no root")

_SCRIPT = 'while [ "$1" != -- ]; do mount --bind "$1" "$2" || exit 99; shift 2; done; shift; exec "$@"'


def ask(
    sql: str, bound: Mapping[str, Path] | None = None, options: tuple[str, ...] = (), cwd: Path | None = None
) -> list[dict[str, Any]]:
    """Return osquery's rows, each value a text.

    Args:
        sql: The statement.
        bound: Directories of this machine, each with what stands in its place.
        options: More options of osquery's.
        cwd: Where it runs.
    """
    command = [PROGRAM, "-S", "--json", "--config_path=/dev/null", *options]
    if bound:
        pairs = [word for there, here in bound.items() for word in (str(here), there)]
        command = ["unshare", "-m", "sh", "-c", _SCRIPT, "sh", *pairs, "--", *command]
    done = subprocess.run(command, input=sql, capture_output=True, text=True, check=False, timeout=120, cwd=cwd)
    assert done.returncode == 0, done.stderr
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    return rows


def embedded(target: Target, sql: str) -> list[dict[str, Any]]:
    """Return the rows of the embedded engine, as ``ask`` returns osquery's."""
    answer = Database(TableReader(target, False, frozenset(), lambda _name: None)).query(sql, 100_000)
    assert answer.failure is None, answer.failure
    return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]


def told(rows: list[dict[str, Any]]) -> list[str]:
    """Return rows in an order that does not depend on the engine."""
    return sorted(json.dumps(row, sort_keys=True) for row in rows)
