"""The run of a node: what was not answered is not checked, and who answered stands in it."""

from __future__ import annotations

from pathlib import Path

from rempart_testing.answering_node import NOW, serving

from rempart_core.model.result import State
from rempart_server.osquery.plan import Plan, Who
from rempart_server.osquery.verdict import judge_node
from rempart_store.server.audit import Audit, find_subject

AUDIT = Audit(1, 1, "complete", 0, NOW, NOW + 1800, b"", 1, None)


def test_a_node_that_answered_nothing_is_silent_and_nothing_passes(tmp_path: Path) -> None:
    with serving(tmp_path) as one, one.context.store.reading() as connection:
        found = find_subject(connection, one.node_id)
        assert found is not None
        run = judge_node(one.context.auditor, found.subject, AUDIT, Plan(), {}, NOW + 60)
        assert {result.failure for result in run.results} == {"silent"}
        assert {result.state for result in run.results} == {State.NOT_CHECKED}
        who = Who("u", "i", "web2", "5.23.1", "0", privileged=True)
        answered = judge_node(one.context.auditor, found.subject, AUDIT, Plan(who=who), {}, NOW + 60)
        assert {result.state for result in answered.results} == {State.NOT_CHECKED}
        assert (answered.target.name, answered.target.machine_id) == ("web2", "node-1")
        assert answered.engine.version == "5.23.1"
