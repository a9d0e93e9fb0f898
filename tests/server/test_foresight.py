"""What was asked of a machine yesterday is asked of it today in one batch; what it comes to, its answers alone say."""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings, strategies
from rempart_testing.answering_node import Osquery, Serving, Written, add_node, serving, tables_of

from rempart_agent.engines.sql.given_rows import Tables
from rempart_core.model.result import Run
from rempart_server.auditor import Asked
from rempart_server.cost import Costs
from rempart_server.foresight import Foreseen, Foresight, choose, pick_answered
from rempart_server.osquery import judge
from rempart_store.server.audit import Stored
from rempart_store.server.group import find_group

ASKED = Asked("here", "server")
SYSTEMS = (
    {"name": "Debian GNU/Linux", "version": "13 (trixie)", "platform": "debian"},
    {"name": "Red Hat Enterprise Linux", "version": "9.4", "platform": "rhel"},
    {"name": "macOS", "version": "15.1", "platform": "darwin"},
    {"name": "", "version": "", "platform": ""},
)
SERVERS = ("sshd", "nginx", "mariadbd", "dockerd", "asterisk")


def seen(*digests: str, role: str = "server") -> Foreseen:
    return Foreseen("linux", role, "1", digests)


def test_a_node_s_own_audit_counts_before_those_of_its_kind() -> None:
    known = Foresight()
    assert known.find(1, ASKED, "linux") is None
    known.note(1, ASKED, "linux", seen("aa"), whole=True)
    known.note(2, ASKED, "linux", seen("bb"), whole=True)
    known.note(4, ASKED, "linux", seen("cc"), whole=False)
    assert known.find(1, ASKED, "linux") == seen("aa")
    assert known.find(3, ASKED, "linux") == seen("bb")
    assert known.find(4, ASKED, "linux") == seen("cc")
    assert known.find(3, ASKED, "darwin") is None
    assert known.find(1, ASKED._replace(parameters=("SSH-01.x=1",)), "linux") is None


def test_what_is_new_costly_or_refused_is_not_foreseen() -> None:
    costs = Costs()
    for digest, wall in {"aa": 5, "bb": 3000, "cc": 5, "ee": 5}.items():
        for _ in range(3):
            costs.note("linux", digest, {"wall_time_ms": wall, "memory": 1000})
    assert choose(seen("aa", "bb", "cc", "dd", "ee"), ["ee"], costs, "linux", {b"\xcc"}) == ("aa",)


def test_what_was_not_answered_is_not_foreseen(tmp_path: Path) -> None:
    with serving(tmp_path) as one:
        script = one.context.auditor.script(ASKED, "server", "linux")
        first, second, third, *_ = script.order
        answers = {third: Stored(0), second: Stored(1, "no such table: x"), first: Stored(-1), b"?": Stored(0)}
        assert pick_answered(script.order, answers) == (second.hex(), third.hex())
        applies = {texts["applies"] for texts in script.checks.texts if "applies" in texts}
        assert {script.texts[digest] for digest in script.order[: len(applies)]} == applies


def next_day(one: Serving) -> None:
    one.clock[0] = float(max(one.node.due, one.clock[0]))


def learn(one: Serving, osquery: Osquery) -> None:
    """Let a server know what statements take, and how an audit goes."""
    for _ in range(3):
        next_day(one)
        asyncio.run(one.audit(osquery))
    next_day(one)


def verdicts(one: Serving) -> dict[str, tuple[str, str]]:
    """Return the state and what went wrong of each check."""
    known = one.context.store.standings(details=True)
    return {standing.check: (standing.state.value, str(standing.detail.get("failure", ""))) for standing in known}


def last_run(one: Serving, osquery: Osquery) -> Run:
    """Audit a machine, and return what was judged, all evidence with it."""
    runs: list[Run] = []
    known = judge.judge_node

    def keep(*given: object) -> Run:
        runs.append(known(*given))  # type: ignore[arg-type]
        return runs[-1]

    judge.judge_node = keep  # type: ignore[assignment]
    try:
        asyncio.run(one.audit(osquery))
    finally:
        judge.judge_node = known
    return runs[-1]


def _tables(system: int, servers: frozenset[str], rows: int) -> Tables:
    processes = [{"pid": "7", "uid": "0", "name": "osqueryd"}]
    processes += [{"pid": str(10 + number), "uid": "0", "name": name} for number, name in enumerate(sorted(servers))]
    users = [{"uid": str(number), "username": f"u{number}", "shell": "/bin/sh"} for number in range(rows)]
    return tables_of({"os_version": [SYSTEMS[system]], "processes": processes, "users": users})


DAYS = strategies.builds(
    _tables,
    strategies.integers(0, len(SYSTEMS) - 1),
    strategies.frozensets(strategies.sampled_from(SERVERS)),
    strategies.integers(0, 2),
)


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(DAYS, DAYS, strategies.sampled_from(["", "server"]))
def test_whatever_changes_overnight_the_verdicts_are_those_of_a_server_that_foresees_nothing(
    first: Tables, second: Tables, role: str
) -> None:
    with TemporaryDirectory() as folder:
        place = Path(folder)
        for name in ("a", "b"):
            (place / name).mkdir()
        with serving(place / "a", role=role) as one, serving(place / "b", role=role) as other:
            learn(one, Osquery(first))
            other.clock[0] = one.clock[0]
            assert last_run(one, Osquery(second)).results == last_run(other, Osquery(second)).results


def test_the_next_audit_is_one_batch_and_a_new_machine_s_first_one_is_too(tmp_path: Path) -> None:
    with serving(tmp_path) as one:
        osquery = Osquery(tables_of())
        learn(one, osquery)
        before = verdicts(one)
        assert asyncio.run(one.audit(osquery)) == 1
        assert verdicts(one) == before
        with one.context.store.writing() as connection:
            group = find_group(connection, "here")
            assert group is not None
            other = one._replace(node_id=add_node(connection, group.id, host="db1", uuid="another-uuid").id)
        assert asyncio.run(other.audit(Osquery(tables_of(host="db1", uuid="another-uuid")))) == 1


def test_a_batch_that_is_lost_is_asked_as_if_nothing_were_foreseen_and_costs_the_guilty_check_only(
    tmp_path: Path,
) -> None:
    def lose(_number: int, written: Written) -> Written | None:
        return None if any("kernel_info" in sql for sql in osquery.asked[-len(written.queries) :]) else written

    with serving(tmp_path) as one:
        osquery = Osquery(tables_of())
        learn(one, osquery)
        usual = verdicts(one)
        begun = len(osquery.asked)
        batches = asyncio.run(one.audit(osquery, lose))
        found = verdicts(one)
        lost = {name for name, (_, detail) in found.items() if "unanswered" in detail}
        assert 1 <= len(lost) <= 4
        assert {found[name][0] for name in lost} == {"not_checked"}
        assert {name: told for name, told in found.items() if name not in lost} == {
            name: told for name, told in usual.items() if name not in lost
        }
        assert batches < 60  # of more than eighty statements not each was asked alone
        asked = [sql for sql in osquery.asked[begun:] if "kernel_info" in sql]
        assert max(asked.count(sql) for sql in asked) <= 4
        next_day(one)
        begun = len(osquery.asked)
        batch = asyncio.run(one.poll())
        assert batch is not None
        assert not any("kernel_info" in sql for sql in batch.queries.values())  # it is not foreseen any more
