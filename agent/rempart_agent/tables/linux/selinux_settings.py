"""Table selinux_settings: what SELinux is set to.

Source: selinuxfs, wherever it is mounted. A kernel that runs without SELinux gives no row.
"""

from typing import Dict, Iterator, List

from rempart_agent.readers.files import mount_table
from rempart_agent.source.contract import TEXT, Column, Malformed, Missing, Query, Row, Unfit
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (Column("scope", TEXT), Column("key", TEXT), Column("value", TEXT))
_KEYS = ("checkreqprot", "deny_unknown", "enforce", "mls", "policyvers", "reject_unknown")
_SCOPES = ("booleans", "policy_capabilities", "initial_contexts")


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each setting.

    Raises:
        Missing: SELinux runs, and selinuxfs is not mounted.
    """
    target.need_live("selinux_settings")
    folder = next((mount.path for mount in mount_table.read(target) if mount.type == "selinuxfs"), "")
    if not folder:
        if target.exists("/sys/fs/selinux"):  # the kernel makes this folder where SELinux runs
            raise Missing("selinuxfs: is not mounted")
        return
    for key in _KEYS:
        row: Dict[str, str] = {"scope": "", "key": key}
        try:
            row["value"] = _read(target, folder + "/" + key)
        except Missing:
            pass
        yield row
    for scope in _SCOPES:
        for name in _names(target, folder + "/" + scope):
            value = _read(target, "{}/{}/{}".format(folder, scope, name))
            yield {"scope": scope, "key": name, "value": parse_boolean(value) if scope == "booleans" else value}
    for name in _names(target, folder + "/class"):
        for permission in _names(target, "{}/class/{}/perms".format(folder, name)):
            yield {"scope": "class", "key": name + "/perms", "value": permission}


def _read(target: Target, path: str) -> str:
    try:
        return target.text(path).strip("\0\n ")
    except Unfit:  # a context that the loaded policy does not define
        return ""


def _names(target: Target, folder: str) -> List[str]:
    try:
        return target.listdir(folder)
    except Missing:
        return []


def parse_boolean(value: str) -> str:
    """Return ``on`` or ``off`` for a boolean, which is kept as its current and its pending value: ``1 1``.

    Raises:
        Malformed: It is something else.
    """
    current = value.split(" ", 1)[0]
    if current not in ("0", "1"):
        raise Malformed("selinuxfs: not a boolean: {value}", value=repr(value[:20]))
    return "on" if current == "1" else "off"
