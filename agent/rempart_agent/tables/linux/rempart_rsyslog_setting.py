"""Table rempart_rsyslog_setting: the modules that rsyslog loads, and what its directives and ``global()`` set.

Source: ``/etc/rsyslog.conf`` and what it includes (:mod:`rempart_agent.models.rsyslog`). ``kind`` is ``module`` with
the module's ``name``, or ``setting`` with its ``name`` in small letters, without the ``$``, and the ``value`` that is
in force at the end. Modules that are not installed are left out. A configuration that is not understood gives one row
with ``why`` and nothing else; without a main file there are no rows.
"""

from typing import Iterator

from rempart_agent.models.rsyslog.lexer import Unclear
from rempart_agent.source.contract import TEXT, Column, Loop, Missing, Query, Row
from rempart_agent.source.target import Target
from rempart_agent.tables.linux import rempart_rsyslog_action

OFFLINE = "full"
COLUMNS = (Column("kind", TEXT), Column("name", TEXT), Column("value", TEXT, command=True), Column("why", TEXT))


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each module and each setting.

    Raises:
        Denied: a file may not be read.
    """
    try:
        configuration = rempart_rsyslog_action.read(target)
    except (Missing, Loop):
        return
    except Unclear as error:
        yield {"why": error.why}
        return
    for name in sorted(configuration.modules):
        yield {"kind": "module", "name": name, "value": "", "why": ""}
    for name, value in sorted(configuration.settings.items()):
        yield {"kind": "setting", "name": name, "value": value, "why": ""}
