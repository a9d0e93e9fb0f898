"""A secret lets a machine in, and gives it nobody else's name or history."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rempart_testing.push_door import MACHINE, NOW, new_agent, new_secret, open_door
from rempart_testing.run import BEGINNING, make_result, make_run

from rempart_core.messages.message import Message
from rempart_server.context import Context
from rempart_server.push import enrolling
from rempart_store.server.document import AgentNode, NewAgent
from rempart_store.server.node import accept_node, revoke_node

ONE, TWO = "12" * 32, "34" * 32


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    with open_door(tmp_path) as context:
        yield context


def enrol(context: Context, agent: NewAgent, secret: str = "") -> AgentNode | Message:
    with context.store.writing() as connection:
        return enrolling.enrol(connection, agent, secret, NOW)


def states(context: Context, *agents: tuple[NewAgent, str]) -> list[str]:
    found = [enrol(context, agent, secret) for agent, secret in agents]
    return [one.id if isinstance(one, Message) else f"{one.state} {one.group}" for one in found]


def test_a_secret_is_used_up_by_new_machines_alone(context: Context) -> None:
    secret = new_secret(context, uses=1)
    me, other = new_agent(ONE), new_agent(TWO, "mail", "cd" * 32)
    tried = states(context, (me, secret), (me, secret), (other, secret), (other, "wrong"))
    assert tried == ["active laptops", "active laptops", "server_push.secret", "server_push.secret"]


def test_who_has_the_name_or_the_machine_of_another_waits(context: Context) -> None:
    secret = new_secret(context)
    context.store.save([make_run("db", BEGINNING, [make_result("AAA-01")], machine_id="ef" * 32, group="servers")])
    thieves = (
        new_agent(TWO, "web", "cd" * 32),
        new_agent("56" * 32, "x", MACHINE),
        new_agent("78" * 32, "db", "9a" * 32),
    )
    tried = states(context, (new_agent(ONE), secret), *((thief, secret) for thief in thieves))
    assert tried == ["active laptops"] + ["waiting laptops"] * 3


def test_one_without_a_secret_waits_until_it_is_accepted(context: Context) -> None:
    me = new_agent(ONE)
    assert states(context, (me, ""), (me, "")) == ["waiting ", "waiting "]
    with context.store.writing() as connection:
        accept_node(connection, 1, 1)
    assert states(context, (me, "")) == ["active laptops"], "it is not thrown out by coming back"


def test_a_revoked_one_stays_out_whatever_secret_it_has(context: Context) -> None:
    secret = new_secret(context)
    assert states(context, (new_agent(ONE), secret)) == ["active laptops"]
    with context.store.writing() as connection:
        revoke_node(connection, 1)
    assert states(context, (new_agent(ONE), secret), (new_agent(ONE), "")) == ["server_push.revoked"] * 2


def test_whoever_reaches_the_port_does_not_fill_the_store(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enrolling, "MOST_WAITING", 2)
    agents = [new_agent(f"{number:064}", f"host{number}", f"{number:064}") for number in range(3)]
    assert states(context, *((one, "") for one in agents)) == ["waiting ", "waiting ", "server_push.many_wait"]
    assert states(context, (agents[2], new_secret(context))) == ["active laptops"]
