"""The kernel settings that the configuration asks for, by the rules of sysctl.d(5).

Files are taken in the order of their names, whatever folder they lie in; of two with the same name the one in ``/etc``
wins, then ``/run``, ``/usr/local/lib``, ``/usr/lib``. A later line wins, and a key that is named in full wins over a
pattern. ``/etc/sysctl.conf`` counts where no systemd-sysctl is installed, which does not read it: sysctl(8) does, last.
"""

from typing import Dict, List, NamedTuple, Optional, Set, Tuple

from rempart_agent.source.contract import Missing
from rempart_agent.source.target import Target

_FOLDERS = ("/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d", "/lib/sysctl.d")
_SYSTEMD = ("/usr/lib/systemd/systemd-sysctl", "/lib/systemd/systemd-sysctl")
_SWAP = str.maketrans("./", "/.")


class Settings(NamedTuple):
    """What the configuration asks for; settings go by their path below ``/proc/sys`` (``net/ipv4/ip_forward``).

    Attributes:
        named: Setting to value.
        patterns: Shell patterns, whose wildcards match within one part of the path, and their values, in order.
        excluded: Settings that no pattern applies to.
    """

    named: Dict[str, str]
    patterns: List[Tuple[str, str]]
    excluded: Set[str]

    def value(self, path: str) -> Optional[str]:
        """Return what the configuration asks of a setting, or None."""
        if path in self.named:
            return self.named[path]
        if path in self.excluded:
            return None
        for pattern, value in reversed(self.patterns):
            if _matches(path.split("/"), pattern.split("/")):
                return value
        return None


def _matches(path: List[str], pattern: List[str]) -> bool:
    import fnmatch

    # zip needs no strict: the lengths are compared before
    return len(path) == len(pattern) and all(fnmatch.fnmatchcase(*pair) for pair in zip(path, pattern))


def read(target: Target) -> Settings:
    """Read the configuration of a live machine or of a root filesystem."""
    files: Dict[str, str] = {}
    for folder in _FOLDERS:
        try:
            names = target.listdir(folder)
        except Missing:
            continue
        for name in names:
            if name.endswith(".conf"):
                files.setdefault(name, folder + "/" + name)
    paths = [files[name] for name in sorted(files)]
    if not any(target.exists(path) for path in _SYSTEMD):
        paths.append("/etc/sysctl.conf")
    found = Settings({}, [], set())
    for path in paths:
        try:
            if target.realpath(path) == "/dev/null":  # a file of this name is masked
                continue
            text = target.text(path)
        except Missing:
            continue
        parse(text, found)
    return found


def parse(text: str, found: Settings) -> None:
    """Add what a file asks for to ``found``.

    Args:
        text: All of the file.
        found: Is added to.
    """
    for line in text.split("\n"):
        line = line.strip()
        if not line or line[0] in "#;":
            continue
        key, equals, value = line.partition("=")
        key = key.strip()
        path = path_of(key[1:].strip() if key.startswith("-") else key)
        if not path:
            continue
        if not equals:
            if key.startswith("-"):  # without a value: "not by a pattern"; with one: "it may fail"
                found.excluded.add(path)
                found.named.pop(path, None)  # and it takes back what was asked before
        elif any(c in path for c in "*?["):
            found.patterns.append((path, value.strip()))
        else:
            found.named[path] = value.strip()
            found.excluded.discard(path)


def path_of(key: str) -> str:
    """Return a setting's path; whichever of dot and slash comes first in a key is what separates its parts."""
    first = next((c for c in key if c in "./"), "/")
    return (key if first == "/" else key.translate(_SWAP)).strip("/")
