"""Profiles of the browsers that are built on Chromium, and what they say of their extensions.

A profile is a folder with ``Preferences``, ``Secure Preferences`` or both (Chromium's user data directory). It is the
browser's own folder, or one below it.
"""

import stat
from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple

from rempart_agent.formats import property_tree
from rempart_agent.formats.property_tree import Tree
from rempart_agent.source.contract import Loop, Malformed, Missing
from rempart_agent.source.target import Target

BROWSERS: Tuple[Tuple[str, str], ...] = (
    ("chrome", ".config/google-chrome"),
    ("chrome_beta", ".config/google-chrome-beta"),
    ("chrome_dev", ".config/google-chrome-unstable"),
    ("brave", ".config/BraveSoftware/Brave-Browser"),
    ("chromium", ".config/chromium"),
    ("chromium", "snap/chromium/common/chromium"),
    ("yandex", ".config/yandex-browser-beta"),
    ("opera", ".config/opera"),
    ("vivaldi", ".config/vivaldi"),
    ("island", ".config/island"),
    # where osquery does not look, and browsers are all the same
    ("edge", ".config/microsoft-edge"),
    ("edge_beta", ".config/microsoft-edge-beta"),
    ("yandex", ".config/yandex-browser"),
    ("brave", "snap/brave/current/.config/BraveSoftware/Brave-Browser"),
    ("opera", "snap/opera/current/.config/opera"),
    ("chrome", ".var/app/com.google.Chrome/config/google-chrome"),
    ("chrome_dev", ".var/app/com.google.ChromeDev/config/google-chrome-unstable"),
    ("chromium", ".var/app/org.chromium.Chromium/config/chromium"),
    ("brave", ".var/app/com.brave.Browser/config/BraveSoftware/Brave-Browser"),
    ("edge", ".var/app/com.microsoft.Edge/config/microsoft-edge"),
    ("opera", ".var/app/com.opera.Opera/config/opera"),
    ("vivaldi", ".var/app/com.vivaldi.Vivaldi/config/vivaldi"),
)
"""Type and folder of each browser, below a home."""

SETTINGS = ("Preferences", "Secure Preferences")


class Profile(NamedTuple):
    """One profile.

    Attributes:
        browser: The browser's type.
        path: Its folder, links resolved.
        name: The name that its user gave it.
        settings: What it says of extensions: the path of each, links resolved, to its id and its settings.
    """

    browser: str
    path: str
    name: str
    settings: Dict[str, Tuple[str, Tree]]


_TOPS = frozenset(folder.partition("/")[0] for _, folder in BROWSERS)


def profiles(target: Target, home: str) -> Iterator[Profile]:
    """Yield the profiles in a home.

    Args:
        target: What is looked at.
        home: The path of a home.

    Raises:
        Malformed: a profile's settings are no JSON.
    """
    absent = {top for top in _TOPS if not target.exists(home + "/" + top)}  # most homes have none of them
    for browser, folder in BROWSERS:
        if folder.partition("/")[0] in absent:
            continue
        path = resolve(target, home + "/" + folder)
        found = _read(target, browser, path)
        if found:
            yield found
            continue
        for below in folders(target, path):
            found = _read(target, browser, resolve(target, below))
            if found:
                yield found


def _read(target: Target, browser: str, path: str) -> Optional[Profile]:
    trees: List[Tree] = []
    for name in SETTINGS:
        file = path + "/" + name
        try:
            if not stat.S_ISREG(target.stat(file).st_mode):
                continue
            text = target.text(file)
        except (Missing, Loop):
            continue
        try:
            trees.append(property_tree.parse(text) if text else {})
        except Malformed as error:
            raise Malformed("{file}: {error}", file=file, error=error) from error
    if not trees:
        return None
    name = next(filter(None, (property_tree.text(tree, "profile", "name") for tree in trees)), "")
    settings: Dict[str, Tuple[str, Tree]] = {}
    for tree in trees:
        for identifier, entry in _entries(tree):
            where = property_tree.text(entry, "path")
            if where:
                where = where if where.startswith("/") else "{}/Extensions/{}".format(path, where)
                settings.setdefault(resolve(target, where), (identifier, entry))
    return Profile(browser, path, name, settings)


def _entries(tree: Tree) -> List[Tuple[str, Tree]]:
    """Return id and settings of each extension; Opera calls them ``opsettings``."""
    extensions = property_tree.child(tree, "extensions")
    found = property_tree.child(extensions, "settings")
    if found is None:
        found = property_tree.child(extensions, "opsettings")
    return list(found.items()) if isinstance(found, dict) else []


def folders(target: Target, path: str) -> List[str]:
    """Return the directories in a directory, links to such included; none where it does not exist.

    Args:
        target: What is looked at.
        path: The directory.
    """
    try:
        entries = target.entries(path)
    except (Missing, Loop):
        return []
    return [path + "/" + name for name, kind in entries if kind == "directory" or _leads_to_folder(target, path, name)]


def _leads_to_folder(target: Target, path: str, name: str) -> bool:
    try:
        return stat.S_ISDIR(target.stat(path + "/" + name).st_mode)
    except (Missing, Loop):
        return False


def resolve(target: Target, path: str) -> str:
    """Return a path with its links resolved, or as it is where nothing is there.

    Args:
        target: What is looked at.
        path: The path.
    """
    try:
        return target.realpath(path)
    except (Missing, Loop):
        return path
