"""Whatever a node writes is taken or dropped: never an error of ours, never a verdict that passes for it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies
from rempart_testing.answering_node import NOW, Osquery, tables_of
from rempart_testing.osquery_client import encode, host_details
from rempart_testing.server import PATIENCE, a_context, client

from rempart_core.model.history import Standing
from rempart_core.model.result import State
from rempart_server.osquery.plan import Batch
from rempart_store.server.group import add_group
from rempart_store.server.secret import make_secret

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from rempart_server.context import Context

PATH = "/api/osquery/distributed"
TEXTS = strategies.text(strategies.characters(exclude_characters="1", codec="utf-8"), max_size=8)
NAMES = TEXTS | strategies.sampled_from(["item", "observed", "expected", "ok", "uuid", "instance_id", "name", "uid"])
JSONS = strategies.recursive(
    strategies.none() | strategies.booleans() | strategies.integers(2, 9) | strategies.floats() | TEXTS,
    lambda inner: strategies.lists(inner, max_size=3) | strategies.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
ROWS = strategies.lists(strategies.dictionaries(NAMES, TEXTS, max_size=5) | JSONS, max_size=3) | JSONS
TRUTH = "truth"  # stands for what osquery answers


class Machine:
    """A server with a node that can be sent anything; one that is taken for two gives way to another."""

    def __init__(self, context: Context, http: TestClient, clock: list[float], secret: str) -> None:
        self.context = context
        self.clock = clock
        self._http = http
        self._secret = secret
        self._count = 0
        self.enrol()

    def __repr__(self) -> str:
        return "machine"  # hypothesis writes it out, and it is large

    def enrol(self) -> None:
        """Let another host enrol."""
        self._count += 1
        name = self.name = f"web{self._count}"
        details = host_details(name)
        uuid, instance = details["system_info"]["uuid"], details["osquery_info"]["instance_id"]
        self.osquery = Osquery(tables_of(host=name, uuid=uuid, instance=instance))
        body = {
            "enroll_secret": self._secret,
            "host_identifier": name,
            "platform_type": "9",
            "host_details": details,
        }
        self.key = str(self.post("/api/osquery/enroll", encode(body))["node_key"])

    def post(self, path: str, content: bytes) -> dict[str, Any]:
        """Send a body, and return what comes back, which is never an error."""
        answer = self._http.post(path, content=content)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        assert "error" not in found
        return found

    def judged(self) -> list[Standing]:
        """Return the verdicts of this host, once they are saved."""
        ends = time.monotonic() + PATIENCE
        while not (found := self.context.store.standings(host=self.name)) and time.monotonic() < ends:
            time.sleep(0.02)
        assert found
        return found

    def read(self) -> dict[str, str]:
        """Return the next batch: on another day where this one is over, of another host where this one is done with."""
        for _ in range(4):
            found = self.post(f"{PATH}/read", encode({"node_key": self.key}))
            if found:
                return dict(found["queries"])
            self.clock[0] += 200_000
        self.enrol()
        return self.read()


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    clock = [float(NOW)]
    with a_context(tmp_path_factory.mktemp("any")) as plain:
        context = plain._replace(clock=lambda: clock[0])
        with context.store.writing() as connection:
            group = add_group(connection, "here", "server", "", (), NOW)
            assert group is not None
            secret = make_secret(connection, group.id, NOW)
        with client(context) as http:
            yield Machine(context, http, clock, secret)


OR_TRUTH = strategies.just(TRUTH)
LIES = strategies.lists(
    strategies.tuples(OR_TRUTH | ROWS, OR_TRUTH | JSONS, OR_TRUTH | JSONS, OR_TRUTH | JSONS), min_size=1, max_size=5
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(LIES, strategies.none() | strategies.tuples(strategies.integers(0, 3), JSONS))
def test_any_rows_are_taken_or_dropped(
    machine: Machine, lies: list[tuple[Any, ...]], whole: tuple[int, Any] | None
) -> None:
    queries = machine.read()
    truth = machine.osquery.write(Batch(queries, 0))
    content: dict[str, Any] = {"queries": {}, "statuses": {}, "messages": {}, "stats": {}}
    for number, id_ in enumerate(queries):
        for part, real, told in zip(content.values(), truth, lies[number % len(lies)], strict=True):
            part[id_] = real[id_] if told == TRUTH else told
    if whole is not None:
        content[[*content][whole[0]]] = whole[1]
    raw = json.dumps(content | {"node_key": machine.key}).encode("utf-8", "surrogatepass")
    assert machine.post(f"{PATH}/write", raw) == {}


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(strategies.binary(max_size=300))
def test_any_bytes_that_end_in_the_key_are_dropped(machine: Machine, raw: bytes) -> None:
    machine.read()
    body = b'{"queries":' + raw + b',"node_key":"' + machine.key.encode() + b'"}'
    assert machine.post(f"{PATH}/write", body) == {}


CHANGES: dict[str, Callable[[dict[str, str]], dict[str, str]]] = {
    "a column more": lambda row: row | {"more": "1"},
    "the first column is lacking": lambda row: dict(list(row.items())[1:]),
    "no column": lambda _row: {},
    "other columns": lambda row: {f"{name}x": value for name, value in row.items()},
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("rows", [[{"item": "x", "observed": "x", "expected": "x", "ok": "1"}], []])
def test_rows_of_other_columns_are_no_answer(machine: Machine, change: str, rows: list[dict[str, str]]) -> None:
    """Each statement is answered with rows of which one column is not as it was selected."""
    machine.enrol()
    for _ in range(60):
        found = machine.post(f"{PATH}/read", encode({"node_key": machine.key}))
        if not found:
            break
        written = machine.osquery.write(Batch(found["queries"], 0))
        for id_, sql in found["queries"].items():
            if "osquery_info" not in sql:
                written.queries[id_] = [CHANGES[change](row) for row in written.queries[id_] or rows]
        raw = json.dumps(written._asdict() | {"node_key": machine.key}).encode()
        assert machine.post(f"{PATH}/write", raw) == {}
    passed = {one.check for one in machine.judged() if one.state is State.PASS}
    assert passed == set() or change == "a column more"  # which is one more to show
