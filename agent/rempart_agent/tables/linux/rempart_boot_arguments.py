"""Table rempart_boot_arguments: with which arguments a machine may start Linux, and what new entries will get.

Sources: ``grub.cfg`` and ``custom.cfg`` in /boot and on the EFI system partition, with the variables that they and
``grubenv`` set; entries of the Boot Loader Specification; /etc/default/grub as grub-mkconfig sources it (kind
``default``: one row set for normal entries, one for those of recovery, where they are made); ``/proc/cmdline`` of a
machine that runs (kind ``running``).

Each way to start has a row with ``place`` 0 and no argument, and one for each argument. What follows ``--`` is not the
kernel's. ``sure`` is 0 where a condition decides whether the argument is there. ``why`` says on all rows of a way why
its arguments are not known whole. A configuration that is cut off raises, and so does a machine without one.
"""

from typing import Dict, Iterator

from rempart_agent.readers.files import boot_entries
from rempart_agent.source.contract import INTEGER, TEXT, Column, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("kind", TEXT),
    Column("path", TEXT),
    Column("line", INTEGER),
    Column("entry", TEXT),
    Column("kernel", TEXT),
    Column("number", INTEGER),
    Column("place", INTEGER),
    Column("argument", TEXT),
    Column("value", TEXT),
    Column("sure", INTEGER),
    Column("why", TEXT),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each way to start, and one for each of its arguments."""
    for number, boot in enumerate(boot_entries.read(target), 1):
        way: Dict[str, Value] = {
            "kind": boot.kind,
            "path": boot.path,
            "line": boot.line,
            "entry": boot.entry,
            "kernel": boot.kernel,
            "number": number,
            "why": boot.why,
        }
        yield {**way, "place": 0, "sure": 1}
        for place, argument in enumerate(boot.arguments, 1):
            if argument.text == "--":
                break
            text = argument.text
            if text.startswith('"'):  # quotes may be around all of it (next_arg of lib/cmdline.c)
                text = text[1:-1] if len(text) > 1 and text.endswith('"') else text[1:]
            name, _, value = text.partition("=")
            if len(value) > 1 and value[0] == value[-1] == '"':
                value = value[1:-1]
            yield {**way, "place": place, "argument": name, "value": value, "sure": int(argument.sure)}
