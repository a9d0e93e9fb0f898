"""Table etc_hosts: names and addresses of hosts(5)."""

from typing import Dict, Iterator

from rempart_agent.formats import line
from rempart_agent.source.contract import INTEGER, TEXT, Column, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "full"
SOURCE = "/etc/hosts"
COLUMNS = (
    Column("address", TEXT),
    Column("hostnames", TEXT),
    Column("pid_with_namespace", INTEGER, hidden=True),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each line."""
    return parse(target.text(SOURCE))


def parse(text: str) -> Iterator[Dict[str, Value]]:
    """Parse hosts(5); a comment begins with a word that begins with ``#``."""
    for entry in line.trimmed(text):
        words = line.words(entry)
        if not words[0].startswith("#"):
            end = next((n for n, word in enumerate(words) if word.startswith("#")), len(words))
            yield {"address": words[0], "hostnames": " ".join(words[1:end])}
