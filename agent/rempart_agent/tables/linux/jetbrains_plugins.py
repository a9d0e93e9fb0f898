"""Table jetbrains_plugins: the plugins of JetBrains' editors.

Source: ``META-INF/plugin.xml`` of each plugin in ``~/.local/share/JetBrains/PRODUCT…``, of the users that ``uid``
names, else of the one that runs: a JAR, or a folder whose ``lib`` holds JARs, of which the likeliest come first as in
IntelliJ. A JAR without that file is no plugin.
"""

import stat
from typing import Dict, Iterator, List, Tuple

from rempart_agent.readers.files import account, jar, pattern
from rempart_agent.source.contract import BIGINT, TEXT, Column, Loop, Missing, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("product_type", TEXT),
    Column("uid", BIGINT, index=True, argument=True),
    Column("name", TEXT),
    Column("version", TEXT, collate="version"),
    Column("vendor", TEXT),
    Column("path", TEXT),
)
PRODUCTS = (
    ("clion", "CLion"),
    ("datagrip", "DataGrip"),
    ("goland", "GoLand"),
    ("intellij_idea", "IntelliJIdea"),
    ("intellij_idea_community_edition", "IdeaIC"),
    ("phpstorm", "PhpStorm"),
    ("pycharm", "PyCharm"),
    ("pycharm_community_edition", "PyCharmCE"),
    ("resharper", "ReSharper"),
    ("rider", "Rider"),
    ("rubymine", "RubyMine"),
    ("rust_rov", "RustRover"),
    ("webstorm", "WebStorm"),
)
"""What osquery calls each product, and how its folders begin."""
_FOLDER = "/.local/share/JetBrains/"
_DESCRIPTION = "META-INF/plugin.xml"


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each plugin of each product.

    Raises:
        Denied: a folder or a plugin may not be read.
    """
    for uid, home in account.homes(target, query):
        for product, begin in PRODUCTS:
            for folder in pattern.expand(target, [home + _FOLDER + begin + "%"]):
                if folder.endswith("/"):
                    for path, told in _plugins(target, folder):
                        yield {"product_type": product, "uid": uid, "path": path, **told}


def _plugins(target: Target, folder: str) -> Iterator[Tuple[str, Dict[str, str]]]:
    files, folders = _listed(target, folder)
    for name in files:
        text = jar.member(target, folder + name, _DESCRIPTION)
        if text:
            yield folder + name, parse(text)
    for name in folders:
        for jar_name in likeliest(name, _listed(target, folder + name + "/lib/")[0]):
            text = jar.member(target, folder + name + "/lib/" + jar_name, _DESCRIPTION)
            if text:
                yield folder + name, parse(text)
                break


def _listed(target: Target, folder: str) -> Tuple[List[str], List[str]]:
    """Return the regular files and the folders in a folder, by where links lead."""
    try:
        found = target.statuses(folder.rstrip("/"))
    except (Missing, Loop):
        return [], []
    files = [name for name, _kind, status in found if status and stat.S_ISREG(status.st_mode)]
    return files, [name for name, _kind, status in found if status and stat.S_ISDIR(status.st_mode)]


def likeliest(plugin: str, names: List[str]) -> List[str]:
    """Return the JARs of a plugin in the order in which IntelliJ looks for its description.

    Args:
        plugin: The name of its folder.
        names: The files in its ``lib``.
    """

    def rank(name: str) -> Tuple[bool, bool, bool, bool, bool, int]:
        low = name.lower()
        return (
            name.startswith("resources"),
            versioned(name),
            not low.startswith(plugin.lower()),
            low.endswith("-idea.jar"),
            name == "database-plugin.jar",
            len(name),
        )

    return sorted(names, key=rank)


def versioned(name: str) -> bool:
    """Tell whether a file is named like a library with its version: ``gson-2.8.0.jar``, ``junit-m5.jar``."""
    behind = name.rpartition("-")[2] if "-" in name else ""
    return behind[:1].isdigit() or (behind[:1] in ("m", "M") and behind[1:2].isdigit())


def parse(text: bytes) -> Dict[str, str]:
    """Return name, vendor and version of a plugin.

    Args:
        text: Its ``plugin.xml``.
    """
    told = text.decode("utf-8", "replace")
    return {
        "name": _content(told, "name") if "<name>" in told else "",
        "vendor": _content(told, "vendor"),
        "version": _content(told, "version") if "<version>" in told else "",
    }


def _content(text: str, tag: str) -> str:
    """Return what stands in the first element whose name begins like this, as osquery looks for it."""
    begin = text.find("<" + tag)
    start = text.find(">", begin) if begin >= 0 else -1
    end = text.find("</" + tag + ">", start) if start >= 0 else -1
    return text[start + 1 : end] if end >= 0 else ""
