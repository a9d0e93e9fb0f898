"""The transport ``winrm``: the osqueryi of a Windows host, in a shell over WS-Management."""

from rempart_agent.engine import Engine
from rempart_controller.inventory.host import Host
from rempart_controller.transports.contract import ConnectionRequest, Transport
from rempart_controller.transports.winrm_osqueryi import WindowsOsqueryi
from rempart_controller.transports.winrm_session import PATIENCE, Session
from rempart_controller.transports.winrm_settings import settings_of
from rempart_core.error import EndpointError
from rempart_core.messages.message import Message


def open_transport() -> Transport:
    """Return the transport."""
    return WinRM()


class WinRM:
    """See Transport.

    Attributes:
        patience: Seconds for which a host that refuses is tried again.
    """

    def __init__(self, patience: float = PATIENCE) -> None:
        self.patience = patience

    def address(self, host: Host) -> str:
        """See Transport.address."""
        return str(host.options.get("remote_addr") or host.name)

    def open(self, host: Host, request: ConnectionRequest) -> Engine:
        """See Transport.open."""
        if request.engine not in {"auto", "osqueryi"}:
            raise EndpointError(Message("host.engine_windows", engine=request.engine), "settings")
        session = Session(settings_of(host), request.until, self.patience)
        try:
            session.open()
            request.connected()
            return WindowsOsqueryi(session)
        except BaseException:
            session.close()
            raise
