"""What the files of apt's configuration have in common: which of them count."""

import re
import stat
from typing import Iterator

from rempart_agent.source.contract import Missing
from rempart_agent.source.target import Target


def part_files(target: Target, folder: str, name: "re.Pattern[str]") -> Iterator[str]:
    """Yield the regular files of one of apt's directories whose names it takes, in order; none where it is missing.

    Args:
        target: What is looked at.
        folder: The directory.
        name: What a file's name must match.
    """
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
