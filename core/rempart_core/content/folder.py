"""A folder of named content files: profiles, frameworks. What would be passed over in silence is a mistake."""

import os
import re
from collections.abc import Sequence

from rempart_core.error import Mistake
from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of
from rempart_core.suggestion import quoted


def find_named(folder: str, pattern: str, advice: Message, mistakes: list[Mistake]) -> list[str]:
    """Return the YAML files of one folder by name; a folder that is not there has none.

    Args:
        folder: Where to look.
        pattern: What a file's name without ``.yaml`` has to match.
        advice: What is said of a name that does not.
        mistakes: Where mistakes go.
    """
    if not os.path.lexists(folder):
        return []
    try:
        names = sorted(name for name in os.listdir(folder) if not name.startswith("."))
    except OSError as error:
        mistakes.append(Mistake(folder, 0, 0, Message("content.unreadable", error=reason_of(error))))
        return []
    files = []
    for name in names:
        path = os.path.join(folder, name)
        if name.endswith(".yml"):
            mistakes.append(Mistake(path, 0, 0, Message("content.rename", name=name[:-4])))
        elif name.endswith(".yaml") and not os.path.isfile(path):
            mistakes.append(Mistake(path, 0, 0, Message("content.not_regular")))
        elif name.endswith(".yaml") and not re.fullmatch(pattern, name[:-5]):
            mistakes.append(Mistake(path, 0, 0, advice))
        elif name.endswith(".yaml"):
            files.append(path)
    return files


def find_all_named(
    directories: Sequence[str], kind: str, pattern: str, advice: Message, mistakes: list[Mistake]
) -> dict[str, str]:
    """Return the files of the folder ``kind`` of each directory by their names; one that is taken is a mistake.

    Args:
        directories: Folders of content.
        kind: The folder in each, as ``profiles``.
        pattern: What a file's name without ``.yaml`` has to match.
        advice: What is said of a name that does not.
        mistakes: Is added to.
    """
    files: dict[str, str] = {}
    for directory in directories:
        for file in find_named(os.path.join(directory, kind), pattern, advice, mistakes):
            name = os.path.basename(file).removesuffix(".yaml")
            if name in files:
                mistakes.append(Mistake(file, 0, 0, Message("content.name_taken", name=quoted(name), file=files[name])))
            else:
                files[name] = file
    return files
