"""Table rempart_sudo_grant: who may become root, by which command of which rule, asked for what, for how long.

Source: ``/etc/sudoers`` with all that it includes, ``/etc/sudo.conf``, ``/etc/doas.conf``, and the accounts and groups
of the machine. The rules are evaluated as sudo and doas do (``rempart_agent.models.sudo``). Accounts of the number 0
have no row: they are root already. What no local account stands for has a row as it is written: ``%ops`` for whoever is
in that group, ``#1000``, ``+net``, ``ALL``.

``grants_root`` and ``asks`` are 1, 0 or NULL with the reason in ``why``: netgroups, digests, plugins, LDAP and SSSD,
sudo-rs, lines that sudo refuses, expressions that others may read differently.
"""

from typing import Iterator, List

from rempart_agent.said import Why
from rempart_agent.source.contract import (
    INTEGER,
    TEXT,
    Column,
    Missing,
    Query,
    Row,
)
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("account", TEXT),
    Column("subject", TEXT),
    Column("runas", TEXT),
    Column("command", TEXT, command=True),
    Column("grants_root", INTEGER),
    Column("asks", INTEGER),
    Column("password_of", TEXT),
    Column("lasts_s", INTEGER),
    Column("tool", TEXT),
    Column("source", TEXT),
    Column("line", INTEGER),
    Column("why", TEXT),
)
SUDO = ("/usr/bin/sudo", "/bin/sudo", "/usr/sbin/sudo", "/usr/local/bin/sudo", "/opt/sudo/bin/sudo")
DOAS = ("/usr/bin/doas", "/bin/doas", "/usr/local/bin/doas")
DOAS_CONF = "/etc/doas.conf"


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each account and rule that lets it do something."""
    found: List[Row] = target.shared("sudo grants", lambda: list(_rows(target)))
    return iter(found)


def _rows(target: Target) -> Iterator[Row]:
    from rempart_agent.models.sudo import doas, grants, parser
    from rempart_agent.readers.files import sudo_world

    world = sudo_world.world(target)
    source, unknown = sudo_world.sources(target)
    for path, why in unknown:
        yield _unknown("sudo", path, why)
    if source:
        read = sudo_world.Files(target)
        policy = parser.parse(source, read.text, read.names, world.short)
        for grant in grants.grants(policy, world):
            yield grant._asdict()
    if not any(target.exists(path) for path in DOAS):
        return
    try:
        text = target.text(DOAS_CONF)
    except Missing:
        return
    try:
        rules = doas.parse(text)
    except doas.Malformed as error:
        yield _unknown("doas", DOAS_CONF, Why("doas refuses the file: {error}", error=error))
        return
    for grant in doas.grants(rules, world, DOAS_CONF):
        yield grant._asdict()


def _unknown(tool: str, path: str, why: str) -> Row:
    return {"grants_root": None, "asks": None, "lasts_s": None, "tool": tool, "source": path, "line": 0, "why": why}
