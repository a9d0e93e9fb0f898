"""Table oem_strings: texts of the machine's maker.

Source: the SMBIOS table (DSP0134, OEM strings), which takes root. A machine without one raises, and a table that is
cut off does.
"""

from typing import Iterator

from rempart_agent.readers.files import dmi
from rempart_agent.source.contract import INTEGER, TEXT, Column, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("handle", TEXT),
    Column("number", INTEGER),
    Column("value", TEXT),
)
_KIND = 11


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each text.

    Raises:
        Missing: the machine has no SMBIOS table.
        Malformed: the table is cut off.
    """
    for found in dmi.of_kind(target, "oem_strings", _KIND):
        for number in range(1, (found.number(0x04, 1) or 0) + 1):
            yield {"handle": found.hexadecimal(0x02, 2), "number": number, "value": found.numbered(number)}
