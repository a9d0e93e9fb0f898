r"""Table shared_resources: what the machine shares, as its server service is set up.

Source: ``LanmanServer\Shares`` in the registry, and what the service adds when it starts: ``IPC$``, and ``ADMIN$`` and
the system's drive unless ``AutoShareWks`` or ``AutoShareServer`` is 0. It adds other drives likewise, whose letters a
disk does not tell. A service that is disabled shares nothing.
"""

from typing import Iterator

from rempart_agent.formats import smb_share
from rempart_agent.source.contract import BIGINT, INTEGER, TEXT, Column, Malformed, Query, Row
from rempart_agent.source.registry import MULTI_SZ, Key, fold, text_of
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("description", TEXT),
    Column("install_date", TEXT),
    Column("status", TEXT),
    Column("allow_maximum", INTEGER),
    Column("maximum_allowed", BIGINT),
    Column("name", TEXT),
    Column("path", TEXT),
    Column("type", BIGINT),
    Column("type_name", TEXT),
)
_SYSTEM = "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\"
_VERSION = "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
_DISABLED = 4


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each share."""
    server = target.registry(_SYSTEM + "Services\\LanmanServer")
    if server is None:
        return
    start = server.value("Start")
    if start is None or not isinstance(start.data, int):
        raise Malformed("LanmanServer: how it starts is not told")
    if start.data == _DISABLED:
        return
    for share in [*_stored(server), *_added(target, server)]:
        limited = share.most != smb_share.NO_LIMIT
        yield {
            "description": share.remark,
            "install_date": "",
            "status": "OK",
            "allow_maximum": int(not limited),
            "maximum_allowed": share.most if limited else -1,
            "name": share.name,
            "path": share.path,
            "type": share.type,
            "type_name": smb_share.TYPES.get(share.type, ""),
        }


def _stored(server: Key) -> Iterator[smb_share.Share]:
    shares = server.subkey("Shares")
    for value in shares.values() if shares is not None else ():
        if value.type != MULTI_SZ or not isinstance(value.data, tuple):
            raise Malformed("the share {name} can't be understood", name=repr(value.name[:80]))
        yield smb_share.parse(value.name, value.data)


def _added(target: Target, server: Key) -> Iterator[smb_share.Share]:
    yield smb_share.Share("IPC$", "", 0x80000003, "", smb_share.NO_LIMIT)
    product = text_of(target.registry(_SYSTEM + "Control\\ProductOptions"), "ProductType")
    settings = server.subkey("Parameters")
    value = settings.value("AutoShareWks" if fold(product) == "WINNT" else "AutoShareServer") if settings else None
    if value is not None and value.data == 0:
        return
    system = text_of(target.registry(_VERSION), "SystemRoot")
    yield smb_share.Share("ADMIN$", system, 0x80000000, "", smb_share.NO_LIMIT)
    yield smb_share.Share(system[:1] + "$", system[:3], 0x80000000, "", smb_share.NO_LIMIT)
