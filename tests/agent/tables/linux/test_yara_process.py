"""Table yara_process: which YARA rules match the memory of processes."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from rempart_testing.real_osquery import BOUND, ask, embedded, told
from rempart_testing.target import RecordedTarget

from rempart_agent.source.contract import Constraint, Query, Unfit
from rempart_agent.tables.linux import yara_process
from rempart_agent.targets.live import LiveTarget

MachineOf = Callable[..., RecordedTarget]
RULE = Constraint("sigrule", "=", ("rule a { condition: true }",))


def test_each_process_and_rule_is_a_row(machine_of: MachineOf) -> None:
    found = {"matches": "a", "count": 1, "strings": "", "tags": ""}
    machine = machine_of({}, {"yara_process": [[found]]})
    (row,) = yara_process.rows(machine, Query(frozenset(), (Constraint("pid", "=", ("7",)), RULE)))
    assert row == {"pid": 7, "sigrule": RULE.values[0], "pid_with_namespace": 0, **found}
    for pids in (Constraint("pid", "LIKE", ("%",)), Constraint("pid", "=", ("x",))):
        with pytest.raises(Unfit):
            list(yara_process.rows(machine, Query(frozenset(), (pids, RULE))))


@BOUND
def test_osquery_says_the_same(tmp_path: Path) -> None:
    pytest.importorskip("yara")
    (tmp_path / "rules").write_text('rule a { strings: $a = "needle-in-memory" condition: $a }', encoding="utf-8")
    with subprocess.Popen(["sleep", "600"], env={"NEEDLE": "needle-in-memory"}) as process:
        try:
            sql = f"SELECT * FROM yara_process WHERE pid = {process.pid} AND sigfile = '{tmp_path}/rules'"
            theirs = ask(sql)
            assert told(theirs) == told(embedded(LiveTarget(), sql))
            assert theirs[0]["count"] == "1"
        finally:
            process.kill()
