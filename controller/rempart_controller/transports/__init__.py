"""The transports by the name that Ansible has for each, imported on use."""

from importlib import import_module

from rempart_controller.transports.contract import Transport
from rempart_core.error import EndpointError
from rempart_core.messages.message import Message

TRANSPORTS = {
    "local": "rempart_controller.transports.local",
    "ssh": "rempart_controller.transports.ssh",
    "winrm": "rempart_controller.transports.winrm_shell",
}


def open_transport(name: str) -> Transport:
    """Return the transport for a host's connection.

    Raises:
        EndpointError: there is none of that name.
    """
    if name not in TRANSPORTS:
        raise EndpointError(Message("host.connection_unknown", name=name, known=", ".join(TRANSPORTS)), "settings")
    transport: Transport = import_module(TRANSPORTS[name]).open_transport()
    return transport
