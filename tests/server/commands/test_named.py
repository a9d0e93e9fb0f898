"""Groups and nodes as commands name them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rempart_core.error import UsageError
from rempart_server.commands.named import named_group, named_node
from rempart_store.connection import Connection
from rempart_store.server.enrolment import Enrolment, enrol
from rempart_store.server.group import add_group
from rempart_store.server.secret import make_secret
from rempart_store.store import Store


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    with Store.open(str(tmp_path / "store.db")) as store, store.writing() as one:
        group = add_group(one, "laptops", "workstation", "", [], 5)
        assert group is not None
        secret = make_secret(one, group.id, 5)
        for name, uuid in (("pc1", "a"), ("pc2", "b"), ("pc2", "c")):
            enrol(one, Enrolment(secret, uuid, name, uuid, uuid, "linux", "", ""), "", 5)
        yield one


def test_a_group_is_found_by_its_name(connection: Connection) -> None:
    assert named_group(connection, "laptops").profile == "workstation"
    with pytest.raises(UsageError, match='did you mean "laptops"'):
        named_group(connection, "laptop")


def test_a_node_is_found_by_number_or_by_a_name_that_is_its_own(connection: Connection) -> None:
    assert named_node(connection, "pc1").id == 1
    assert named_node(connection, "3").name == "pc2"
    with pytest.raises(UsageError, match="2, 3"):
        named_node(connection, "pc2")
    for name in ("pc9", "99", "", "9" * 30):
        with pytest.raises(UsageError, match="no node"):
            named_node(connection, name)
