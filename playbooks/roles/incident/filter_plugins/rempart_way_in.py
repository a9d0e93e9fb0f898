"""A filter of Ansible: the controller's way in, from what sshd says of a connection (``SSH_CONNECTION``, ssh(1)).

It runs on the controller. What an endpoint says becomes addresses and numbers here, or nothing: only these reach rules.
"""

import ipaddress


def read_way_in(connection):
    """Return ``address``, ``family`` (``ip`` or ``ip6``) and ``port`` of the way in, or why it is none (``refused``).

    Args:
        connection: The client's address and port, the server's address and port.
    """
    words = connection.split() if isinstance(connection, str) else []
    try:
        client_text, client_port, server_text, server_port = words
        client, server = (_read_address(text) for text in (client_text, server_text))
        ports = [int(text) for text in (client_port, server_port) if text.isascii() and text.isdigit()]
    except ValueError:
        return refuse("role.no_ssh", "the controller's address is unknown: the connection is not one of SSH")
    if len(ports) != 2 or not all(0 < port < 65536 for port in ports):
        return refuse("role.no_ssh", "the controller's address is unknown: the connection is not one of SSH")
    if client == server or client.is_loopback:
        return refuse("role.own_host", "the connection comes from the host itself: the controller is never isolated")
    if client.is_unspecified or client.is_multicast:
        text = "the controller's address is unknown: %s is not an address" % client
        return refuse("role.no_address", text, address=str(client))
    return {"address": str(client), "family": "ip6" if client.version == 6 else "ip", "port": ports[1]}


def refuse(id_, english, **values):
    """Return that there is no way in, as a task of the role says it: the message's id, its values, its English."""
    return {"refused": {"id": id_, "with": values, "en": english}}


def _read_address(text):
    address = ipaddress.ip_address(text.partition("%")[0])
    return getattr(address, "ipv4_mapped", None) or address


class FilterModule:
    """What Ansible loads."""

    def filters(self):
        """Return the filters by name."""
        return {"rempart_way_in": read_way_in}
