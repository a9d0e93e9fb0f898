"""Which endpoint a run is of: a machine keeps its history when its address or its name changes.

A machine is known by its machine id, else by its name. A machine id that comes with another name is a machine that was
renamed, unless a machine of the old name is still there: then it is a clone of an image that was not cleaned (check
IMG-01 finds that), and each is an endpoint of its own. A name that comes with another machine id is another machine:
the old one is retired.

A node of the server that answers by osquery tells no machine id: it is known by its number as a node, whatever name it
has, and two of one name are two. Such a one is never taken for a machine that is known otherwise, until a person says
that it is it.
"""

from collections.abc import Callable, Collection
from typing import Any

from rempart_core.model.result import TargetIdentity

NODE = "node-"
"""Begins the machine id of a node of the server, which has no other one; its number follows."""
_LIVE = ("machine", "host")  # one and the same machine, asked from within or from outside


class Endpoint:
    """One row of the table ``endpoint`` while a run is saved.

    Attributes:
        id: Its number.
        values: The columns besides the number.
        new: Whether the row is not there yet.
        changed: Whether the row has to be written.
        claimed: Whether a target of this save is this endpoint.
    """

    __slots__ = ("changed", "claimed", "id", "new", "values")

    def __init__(self, id_: int, values: dict[str, Any], *, new: bool = False) -> None:
        """Take the row of an endpoint.

        Args:
            id_: Its number.
            values: The row's other columns.
            new: Whether it is not in the store yet.
        """
        self.id = id_
        self.values = values
        self.new = self.changed = new
        self.claimed = False


class Directory:
    """All endpoints of a store, and how targets find theirs."""

    def __init__(self, rows: list[dict[str, Any]], next_id: Callable[[], int], others: Collection[str] = ()) -> None:
        """Take the endpoints of a store.

        Args:
            rows: Their rows.
            next_id: Gives the number of the first new one.
            others: Names of machines that are there, though this save has nothing of them: what comes with the machine
                id of such a one is its clone, and it was not renamed.
        """
        self._next_id = next_id
        self._next: int | None = None
        self._others = frozenset(others)
        self.endpoints = [Endpoint(row.pop("id"), row) for row in rows]
        self._by_name: dict[tuple[str, str], list[Endpoint]] = {}
        self._by_machine: dict[tuple[str, str], list[Endpoint]] = {}
        for endpoint in self.endpoints:
            self._note(endpoint)

    def _note(self, endpoint: Endpoint) -> None:
        kind, values = endpoint.values["kind"], endpoint.values
        self._by_name.setdefault((kind, values["name"]), []).append(endpoint)
        if values["machine_id"]:
            self._by_machine.setdefault((kind, values["machine_id"]), []).append(endpoint)

    def knows_exactly(self, target: TargetIdentity) -> bool:
        """Tell whether the target is found without a doubt: nothing of it is new, or all of it."""
        same_name = self._by_name.get((_kind(target), target.name), [])
        if not target.machine_id:
            return True
        if any(one.values["machine_id"] == target.machine_id for one in same_name):
            return True
        return not self._by_machine.get((_kind(target), target.machine_id))

    def find(self, target: TargetIdentity, time: int) -> Endpoint:
        """Return the endpoint of a target, a new one where none is.

        Args:
            target: What was looked at.
            time: When.
        """
        kind = _kind(target)
        same_name = self._by_name.get((kind, target.name), [])
        endpoint = self._choose(kind, target, same_name, time)
        if endpoint is None:
            for one in same_name:
                if _displaces(target, one) and not one.claimed and one.values["retired"] is None:
                    self._retire(one, time)
            endpoint = self._begin(kind, target, time)
        endpoint.claimed = True
        return endpoint

    def _choose(self, kind: str, target: TargetIdentity, same_name: list[Endpoint], time: int) -> Endpoint | None:
        here = [one for one in same_name if one.values["retired"] is None and _may_be(target, one)]
        if not target.machine_id:  # silent, or it has none: the name must do
            return here[-1] if here else None
        for one in here:
            if one.values["machine_id"] == target.machine_id:
                return one
        clones = self._by_machine.get((kind, target.machine_id), [])
        renamed = [one for one in clones if not one.claimed and one.values["name"] not in self._others]
        if renamed:
            one = renamed[-1]
            self._by_name[kind, one.values["name"]].remove(one)
            one.values |= {"name": target.name, "retired": None}
            self._by_name.setdefault((kind, target.name), []).append(one)
            for other in here:
                if other is not one and not other.claimed and _displaces(target, other):
                    self._retire(other, time)
            return one
        for one in here:
            if not one.values["machine_id"] and not one.claimed:  # it was silent until now
                one.values["machine_id"] = target.machine_id
                self._by_machine.setdefault((kind, target.machine_id), []).append(one)
                return one
        return None

    def _retire(self, endpoint: Endpoint, time: int) -> None:
        endpoint.values["retired"] = max(time, endpoint.values["seen"] + 1)
        endpoint.changed = True

    def _begin(self, kind: str, target: TargetIdentity, time: int) -> Endpoint:
        values = {
            "kind": kind,
            "machine_id": target.machine_id,
            "name": target.name,
            "first_seen": time,
            "seen": time,
            "answered": None,
            "listed": None,
            "silent": False,
            "retired": None,
            "mark": None,
            "proof": "",
        }
        number = self._next_id() if self._next is None else self._next
        endpoint = Endpoint(number, values, new=True)
        self._next = number + 1
        self.endpoints.append(endpoint)
        self._note(endpoint)
        return endpoint


def _kind(target: TargetIdentity) -> str:
    return "machine" if target.kind in _LIVE else target.kind


def _is_node(machine_id: str) -> bool:
    return machine_id.startswith(NODE)


def _may_be(target: TargetIdentity, endpoint: Endpoint) -> bool:
    """Tell whether an endpoint of a target's name may be it: a node is itself alone."""
    known = endpoint.values["machine_id"]
    return bool(known == target.machine_id) or not (_is_node(known) or _is_node(target.machine_id))


def _displaces(target: TargetIdentity, endpoint: Endpoint) -> bool:
    """Tell whether a target ends an endpoint of its name, since it is another machine: two nodes may have one name."""
    return bool(target.machine_id) and not (_is_node(target.machine_id) or _is_node(endpoint.values["machine_id"]))
