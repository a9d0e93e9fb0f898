"""The INI format of yum and dnf, and where its repositories are."""

from typing import Dict

from rempart_agent.formats.line import BLANK
from rempart_agent.source.contract import Malformed

FOLDERS = ("/etc/yum.repos.d", "/etc/yum/repos.d", "/etc/distro.repos.d")


def parse(text: str, path: str = "") -> Dict[str, Dict[str, str]]:
    """Parse the INI format of yum: the options of each section, both in order; the last of two equal names counts.

    Args:
        text: All of the file.
        path: What it is called in errors.

    Raises:
        Malformed: a line is neither section, option, comment nor the continuation of an option.
    """
    sections: Dict[str, Dict[str, str]] = {}
    options: Dict[str, str] = {}
    key = ""
    for number, written in enumerate(text.lstrip("\ufeff").split("\n"), 1):
        line = written.strip(BLANK)
        if not line or line[0] in "#;":
            continue
        if written[0] in BLANK and key:
            options[key] += (" " if options[key] else "") + line
        elif line[0] == "[" and "]" in line:
            options = sections.setdefault(line[1 : line.index("]")].strip(BLANK), {})
            key = ""
        elif "=" in line and sections:
            key, _, value = line.partition("=")
            key = key.strip(BLANK)
            options[key] = value.strip(BLANK)
        else:
            raise Malformed("{path}: line {number}: no option of a section", path=path, number=number)
    return sections
