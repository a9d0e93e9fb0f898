"""The host of an incident and the ways to it: our transport's, and Ansible's, from the same options."""

import ipaddress
from dataclasses import replace

from rempart_controller.incident.collecting import read_machine_id
from rempart_controller.inventory import open_hosts
from rempart_controller.inventory.host import Host
from rempart_controller.inventory.host_choice import HostChoice
from rempart_controller.remediation.ansible.access import read_access
from rempart_controller.remediation.ansible.event import Limits
from rempart_controller.remediation.ansible.playbook import Access
from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.text import clean_line

_TEMPORARY = 0x01
_PATTERN = frozenset("*?[]!&:,@~")


def expect_name(host: str) -> str:
    """Return the name of a host, or refuse what is none.

    Raises:
        UsageError: It is empty, a pattern, or holds what no name holds.
    """
    if not host or len(host) > 253 or clean_line(host) != host or set(host) & _PATTERN or host.startswith("-"):
        raise UsageError(Message("incident.not_a_host_name", name=clean_line(host)))
    return host


def find_host(choice: HostChoice, name: str) -> tuple[Host, Access]:
    """Return the one host of that name, and how Ansible reaches it.

    Args:
        choice: Where the host stands, and the way to it.
        name: Its name.

    Raises:
        UsageError: There is none, or it can't be reached in such a way.
    """
    if not choice.inventories:
        raise UsageError(Message("incident.no_inventory"))
    hosts, passwords = open_hosts.read_hosts(choice._replace(limit=expect_name(name)))
    mine = [host for host in hosts if host.name == name]
    if len(hosts) != 1 or not mine:
        raise UsageError(Message("incident.not_one_host", name=clean_line(name)))
    # Logs of a large host take their time: no task is cut off, the keep-alive tells whether the host is there.
    return mine[0], replace(read_access(choice, passwords, 1), limits=Limits(0, 0, 0))


def expect_other(host: Host, seconds: float) -> None:
    """Refuse the controller itself: it would cut off its own way to everybody.

    Args:
        host: The host.
        seconds: How long it may take to ask it.

    Raises:
        UsageError: It is this machine.
        EndpointError: It can't be reached.
    """
    from rempart_agent.machine_identity import read_identity

    if host.connection != "ssh":
        raise UsageError(
            Message("incident.only_ssh", host=clean_line(host.name), connection=clean_line(host.connection))
        )
    identity = read_identity()
    if identity and read_machine_id(host, seconds) == identity:
        raise UsageError(Message("incident.never_controller", host=clean_line(host.name)))


def is_temporary(address: str, path: str = "/proc/net/if_inet6") -> bool:
    """Tell whether an address is one of this machine's temporary ones, which change from day to day.

    Source: RFC 8981; Linux, ``net/ipv6/addrconf.c`` (``if6_seq_show``) and ``IFA_F_TEMPORARY`` of ``linux/if_addr.h``.

    Args:
        address: As the host sees it.
        path: Where the kernel lists this machine's IPv6 addresses; other systems have no such list.
    """
    wanted = ipaddress.ip_address(address)
    try:
        with open(path, encoding="ascii") as file:
            fields = [line.split() for line in file]
    except OSError:
        return False
    mine = {one[0]: int(one[4], 16) for one in fields if len(one) == 6}
    return wanted.version == 6 and bool(mine.get(wanted.exploded.replace(":", ""), 0) & _TEMPORARY)
