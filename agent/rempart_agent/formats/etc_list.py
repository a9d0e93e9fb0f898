"""Lists of names in /etc, as services(5) and protocols(5) have them: words of a line, and what follows ``#``."""

from typing import Iterator, List, Tuple

from rempart_agent.formats import line


def entries(text: str) -> Iterator[Tuple[List[str], str]]:
    """Give the words and the comment of each line that is more than a comment.

    Args:
        text: Of the whole file.
    """
    for entry in line.trimmed(text):
        if not entry.startswith("#"):
            fields, *comments = line.parts(entry, "#")
            yield line.words(fields), " # ".join(comments)
