"""Every case of every check comes out the same through the door as the agent's own code judges it on that osqueryd.

That this is as on the embedded engine is held by tests/agent/engines/test_cases.py. The osqueryd is the stand-in of the
agent's tests, with our extension over the real protocol; what it answers goes through the door's JSON, a batch at a
time. What only a root filesystem can be is not asked of osquery.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rempart_testing.case_trials import CHECKS, DATA, DaemonTrial, circumstances_of, told

from rempart_agent.audit.host_checks import HostChecks
from rempart_agent.audit.render import render_all
from rempart_agent.engines.osquery.osqueryd import Osqueryd
from rempart_core.content.casefile import Case, locate_cases, read_cases
from rempart_core.content.checkfile import read_check
from rempart_core.model.result import Result, TargetIdentity
from rempart_core.model.selection import Selected
from rempart_server.auditor import Script, digest_of, make_script
from rempart_server.osquery import verdict
from rempart_server.osquery.answer import Written, read_all
from rempart_server.osquery.engine import AnsweredEngine
from rempart_server.osquery.extras import TEXTS, find_extras, find_hidden
from rempart_server.osquery.plan import Plan, find_wanted, next_ids, who_question, wrap
from rempart_server.osquery.verdict import judge_checks
from rempart_server.osquery.wire import read_written
from rempart_server.shared import Shared
from rempart_store.server.audit import Stored

pytestmark = pytest.mark.early

WHO = who_question("linux")
MOST_ROUNDS = 4  # applies; what it opens; what stands in for a table; nothing


class DoorTrial(DaemonTrial):
    """An osqueryd that is asked as the server asks it; what came to equal answers in another case is not judged again.

    Attributes:
        shared: Of all cases.
        scripts: Of each check with its values.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.shared = Shared()
        self.scripts: dict[str, Script] = {}

    def judge(self, selected: Selected, case: Case) -> Result:
        engine = self.prepare(case)
        assert isinstance(engine, Osqueryd)
        circumstances = circumstances_of(selected, case)
        texts = tuple(render_all([selected], case.platform))
        checks = HostChecks(circumstances.role, "all", [selected], walk=True, texts=texts)
        asked = repr((selected.check.id, selected.parameters, case.platform, circumstances.role, texts))
        script = self.scripts.setdefault(asked, make_script(checks, case.platform))
        identity = engine.identity()
        answers: dict[bytes, Stored] = {}
        plan = Plan()
        for sequence in range(MOST_ROUNDS):
            wanted = find_wanted(script, circumstances, answers, identity.version)
            if not wanted:
                break
            answers |= self.ask(engine, plan, sequence, wanted)
        else:
            raise AssertionError(f"{selected.check.id}: it never ends")
        answered = AnsweredEngine(answers, identity, case.platform, last=True)
        target = TargetIdentity("pc1", "host", "", case.platform, "", "")
        (result,) = judge_checks(
            self.shared, script, verdict.Case(circumstances, target, case.platform, {}, answers), answered
        )
        return result

    def ask(self, engine: Osqueryd, plan: Plan, sequence: int, wanted: tuple[str, ...]) -> dict[bytes, Stored]:
        """Return what becomes of a batch that goes to osqueryd and back through the door's JSON."""
        sent = {digest_of(sql).hex(): sql for sql in wanted}
        plan.extras = find_extras(sent)
        out = next_ids(plan, 7, sequence, list(sent), digest_of(WHO).hex())
        known = {digest_of(WHO).hex(): WHO, **TEXTS, **sent}
        body: dict[str, dict[str, Any]] = {"queries": {}, "statuses": {}, "messages": {}, "stats": {}}
        for id_ in sorted(out):
            rows, error = raw(engine, wrap(known[out[id_]]))
            body["queries"][id_] = rows
            body["statuses"][id_] = int(bool(error))
            body["messages"][id_] = error
        written = Written(*read_written(json.dumps(body).encode())[:4])
        assert plan.out == {}
        ids = {id_: digest for id_, digest in out.items() if digest in sent}
        read = read_all(written)
        found = {digest: read[id_] for id_, digest in ids.items()}
        found |= find_hidden(read, out, plan.extras)
        return {bytes.fromhex(digest): one for digest, one in found.items()}


def raw(engine: Osqueryd, sql: str) -> tuple[list[dict[str, str]], str]:
    """Ask the stand-in itself, without what the agent's engine makes of it."""
    reply = engine.ask(sql, time.monotonic() + 20, 10_001)
    return reply.rows, reply.error


@pytest.fixture(scope="module")
def trials() -> Iterator[tuple[DaemonTrial, DoorTrial]]:
    with tempfile.TemporaryDirectory(prefix="rempart-a-") as one, tempfile.TemporaryDirectory(prefix="rempart-b-") as b:
        made = DaemonTrial(Path(one)), DoorTrial(Path(b))
        yield made
        for trial in made:
            trial.close()


def whole(result: Result) -> tuple[Any, ...]:
    return (*told(result), result.failure, result.reason)


@pytest.mark.parametrize(
    "path", CHECKS, ids=[path.stem.partition("-")[0] + "-" + path.stem.split("-")[1] for path in CHECKS]
)
def test_every_case_comes_out_through_the_door_as_without_it(path: Path, trials: tuple[DaemonTrial, DoorTrial]) -> None:
    check = read_check(str(path), path.parent.name, f"checks/{path.parent.name}/{path.name}", DATA)
    direct, door = trials
    different = []
    for case in read_cases(locate_cases(str(path)), check):
        if not case.live:
            continue
        selected = Selected(check, check.severity, case.parameters)
        for _ in range(3):  # evidence may tell a second of the clock, and one may begin between two answers
            found = door.judge(selected, case)
            expected = direct.judge(selected, case)
            if whole(found) == whole(expected):
                break
        if whole(found) != whole(expected):
            different.append((case.name, whole(found), whole(expected)))
    assert different == []
