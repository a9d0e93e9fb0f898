"""Table cpu_time: what each processor spent its time on, in ticks of the clock since the machine started.

Source: ``/proc/stat`` (proc_stat(5)).
"""

from typing import Dict, Iterator

from rempart_agent.source.contract import BIGINT, INTEGER, Column, Malformed, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "none"
SOURCE = "/proc/stat"
_SPENT = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal", "guest", "guest_nice")
COLUMNS = (Column("core", INTEGER), *(Column(name, BIGINT) for name in _SPENT))


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each processor.

    Raises:
        Malformed: it is no such file.
    """
    target.need_live("cpu_time")
    return parse(target.text(SOURCE))


def parse(text: str) -> Iterator[Dict[str, Value]]:
    """Parse the lines of processors in proc_stat(5); what an older kernel does not tell is 0.

    Raises:
        Malformed: there is no such line, or one is cut off.
    """
    seen = False
    for line in text.split("\n"):
        words = line.split()
        if not words or not words[0].startswith("cpu"):
            continue
        seen = True
        if words[0] == "cpu":  # all of them together
            continue
        try:
            core, *spent = (int(word) for word in (words[0][3:], *words[1:]))
        except ValueError as error:
            raise Malformed("{path}: {text}", path=SOURCE, text=repr(line[:80])) from error
        if len(spent) < 7:
            raise Malformed("{path}: {text}", path=SOURCE, text=repr(line[:80]))
        yield {"core": core, **dict(zip(_SPENT, [*spent, 0, 0, 0]))}
    if not seen:
        raise Malformed("{path}: no line of a processor", path=SOURCE)
