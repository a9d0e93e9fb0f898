"""Which hosts are compared with one that is rehearsed."""

from __future__ import annotations

from rempart_controller.remediation.ansible.extra_vars import find_likes
from rempart_controller.remediation.records.plan import PlannedHost


def host(name: str, system: str = "Debian 13") -> PlannedHost:
    return PlannedHost(name, "lab", "linux", system)


def test_hosts_of_one_kind_are_compared_with_the_first_of_them() -> None:
    hosts = [host("a"), host("b"), host("c"), host("d", "Debian 12"), host("e"), host("f")]
    told = {name: {"safe": [1], "values": {}} for name in "abcde"} | {"c": {"safe": [1], "values": {"x": 2}}}
    assert find_likes(hosts, told, 2) == {"b": "a", "e": "a"}, "one of another system, values or without fixes is not"


def test_few_hosts_of_a_kind_are_rehearsed_all_at_a_time() -> None:
    hosts = [host(f"h{number}") for number in range(9)]
    told = {one.name: {"safe": [1]} for one in hosts}
    assert len(find_likes(hosts, told)) == 8
    assert find_likes(hosts[:8], {one.name: {"safe": [1]} for one in hosts[:8]}) == {}
