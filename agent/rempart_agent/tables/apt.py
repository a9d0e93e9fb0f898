"""What the files of apt's configuration have in common: which of them count, how a word is written."""

import re
import stat
from typing import Iterator

from rempart_agent.tables.contract import Missing
from rempart_agent.targets.contract import Target

WORD = re.compile(r'(?:"[^"]*"|\[[^\]]*\]|[^\s"\[])+')
"""A word: up to a blank that stands in no quotes and no brackets."""


def part_files(target: Target, folder: str, name: "re.Pattern[str]") -> Iterator[str]:
    """Yield the regular files of one of apt's directories whose names it takes, in order; none where it is missing."""
    try:
        names = target.listdir(folder)
    except Missing:
        return
    for entry in names:
        path = folder + "/" + entry
        try:
            if name.match(entry) and not stat.S_ISDIR(target.stat(path).st_mode):
                yield path
        except Missing:  # a link to nowhere, which apt passes over too
            continue


def plain(word: str) -> str:
    """Return a word without quotes, ``%20`` and the like resolved."""
    return re.sub(r"%([0-9A-Fa-f]{2})", lambda found: chr(int(found.group(1), 16)), word.replace('"', ""))
