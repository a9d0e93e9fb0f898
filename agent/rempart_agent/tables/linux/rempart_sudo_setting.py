"""Table rempart_sudo_setting: each Defaults of sudoers(5) as written, for whom it holds, and what sudo makes of it.

Source: ``/etc/sudoers`` with all that it includes. One row for each setting of a Defaults line, in the order in which
sudo reads them (``number``): of those that apply to somebody the last counts, and those of a command (scope ``!``) come
after the others. ``state`` is ``on``, ``off`` or ``value``, ``ignored`` where sudo warns and leaves the setting out,
and ``unknown`` where it is not known here what sudo makes of it. What is read and not understood, or can't be read here
(LDAP, plugins, sudo-rs), has a row without a name, with the reason in ``why``.
"""

from typing import Iterator, List

from rempart_agent.source.contract import INTEGER, TEXT, Column, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("number", INTEGER),
    Column("name", TEXT),
    Column("scope", TEXT),
    Column("members", TEXT),
    Column("state", TEXT),
    Column("operator", TEXT),
    Column("value", TEXT),
    Column("source", TEXT),
    Column("line", INTEGER),
    Column("why", TEXT),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each setting."""
    found: List[Row] = target.shared("sudo settings", lambda: list(_rows(target)))
    return iter(found)


def _rows(target: Target) -> Iterator[Row]:
    from rempart_agent.models.sudo import written
    from rempart_agent.readers.files import sudo_world

    policy, unknown = sudo_world.policy(target)
    for path, why in unknown:
        yield {"number": -1, "name": "", "scope": "", "state": "unknown", "source": path, "line": 0, "why": why}
    if policy is not None:
        for setting in written.settings(policy):
            yield setting._asdict()
