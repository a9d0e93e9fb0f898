"""Table yara_file: which YARA rules match files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from rempart_testing.real_osquery import NAMED, ask, embedded, told
from rempart_testing.target import RecordedTarget

from rempart_agent.source.contract import Constraint, NotObservable, Query
from rempart_agent.tables.linux import yara_file
from rempart_agent.targets.live import LiveTarget

MachineOf = Callable[..., RecordedTarget]
RULES = 'rule a : t { strings: $a = "root" $b = /bi[n]/ condition: any of them }\nrule b { condition: filesize > 1 }\n'


def test_each_file_and_rule_is_a_row(machine_of: MachineOf) -> None:
    found = {"matches": "a", "count": 1, "strings": "$a:0", "tags": "t"}
    machine = machine_of({"/srv/x": "", "/srv/sub/": ""}, {"yara_file": [[found]]})
    query = Query(frozenset(), (Constraint("path", "LIKE", ("/srv/%",)), Constraint("sigfile", "=", ("/r",))))
    assert list(yara_file.rows(machine, query)) == [
        {"path": "/srv/x", "sigfile": "/r", "pid_with_namespace": 0, **found}
    ]
    machine.live = False
    with pytest.raises(NotObservable):
        list(yara_file.rows(machine, query))


@NAMED
def test_osquery_says_the_same(tmp_path: Path) -> None:
    pytest.importorskip("yara")
    (tmp_path / "rules").write_text(RULES, encoding="utf-8")
    (tmp_path / "empty").touch()
    rules = "('rule yes { condition: true }', 'rule no { condition: false }')"
    paths = f"('/etc/passwd', '/absent', '/etc', '{tmp_path}/empty')"
    for sql in (
        f"SELECT * FROM yara_file WHERE path LIKE '/etc/p%' AND sigfile = '{tmp_path}/rules'",
        f"SELECT *, sigrule FROM yara_file WHERE path IN {paths} AND sigrule IN {rules}",
    ):
        theirs = ask(sql)
        assert told(theirs) == told(embedded(LiveTarget(), sql))
        assert theirs
