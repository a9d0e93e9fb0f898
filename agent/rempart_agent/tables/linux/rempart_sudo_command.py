"""Table rempart_sudo_command: each command of each rule of sudoers(5) as written, with its aliases taken apart.

Source: ``/etc/sudoers`` with all that it includes. One row for each command that a rule names, itself or by an alias.
``any_arguments`` is 1 where nothing stands behind a command; ``""`` there allows none. ``runas`` is ``''`` where the
rule does not say as whom. ``rempart_sudo_grant`` tells who may really do what. What is read and not understood, or
can't be read here (LDAP, plugins, sudo-rs), has a row without a command, with the reason in ``why``.
"""

from typing import Iterator, List

from rempart_agent.source.contract import INTEGER, TEXT, Column, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("users", TEXT),
    Column("hosts", TEXT),
    Column("runas", TEXT),
    Column("runas_groups", TEXT),
    Column("command", TEXT, command=True),
    Column("arguments", TEXT, command=True),
    Column("any_arguments", INTEGER),
    Column("negated", INTEGER),
    Column("source", TEXT),
    Column("line", INTEGER),
    Column("why", TEXT),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each command of a rule."""
    found: List[Row] = target.shared("sudo commands", lambda: list(_rows(target)))
    return iter(found)


def _rows(target: Target) -> Iterator[Row]:
    from rempart_agent.models.sudo import written
    from rempart_agent.readers.files import sudo_world

    policy, unknown = sudo_world.policy(target)
    for path, why in unknown:
        yield {"command": "", "negated": 0, "source": path, "line": 0, "why": why}
    if policy is not None:
        for command in written.commands(policy):
            yield command._asdict()
