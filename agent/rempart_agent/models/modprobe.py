"""The files of modprobe.d(5): which count, in which order, and what they make of a module, as libkmod reads them."""

import re
from fnmatch import fnmatchcase
from typing import Dict, Iterable, List, NamedTuple, Optional, Sequence, Tuple

FOLDERS = ("/etc/modprobe.d", "/run/modprobe.d", "/usr/local/lib/modprobe.d", "/usr/lib/modprobe.d", "/lib/modprobe.d")
"""The folders of modprobe; of two files of one name the one in the earlier folder counts."""
REFUSING = frozenset(("/bin/false", "/usr/bin/false", "/bin/true", "/usr/bin/true", "false", "true"))
"""Commands that load nothing."""


class Rule(NamedTuple):
    """A line that counts.

    Attributes:
        kind: ``install``, ``blacklist`` or ``softdep``.
        module: Of which module, a shell pattern, with underscores.
        rest: The command, or the soft dependencies.
        source: The file.
        line: The line in it; where it is continued, the first.
    """

    kind: str
    module: str
    rest: str
    source: str
    line: int


class Verdict(NamedTuple):
    """What the rules make of a module.

    Attributes:
        install: The line that runs instead of loading it; None for none.
        softdep: A line of soft dependencies: modprobe then loads the module whatever ``install`` says.
        blacklist: The line by which its own aliases do not count.
    """

    install: Optional[Rule]
    softdep: Optional[Rule]
    blacklist: Optional[Rule]

    @property
    def blocked(self) -> bool:
        """Tell whether modprobe refuses to load it."""
        return bool(self.install and not self.softdep and self.install.rest in REFUSING)


def order(names: Sequence[Tuple[str, Sequence[str]]]) -> List[str]:
    """Return the paths of the files that count, in the order in which they are read (conf_files_insert_sorted).

    Args:
        names: The folders, the strongest first, each with the names in it.
    """
    found: Dict[str, str] = {}
    for folder, entries in names:
        for name in entries:
            if name.endswith(".conf") and len(name) > len(".conf") and not name.startswith("."):
                found.setdefault(name, folder + "/" + name)
    return [found[name] for name in sorted(found)]


def underscored(name: str) -> Optional[str]:
    """Return a module's name as modprobe compares it; None where a bracket of a pattern is not closed."""
    parts = re.split(r"(\[[^\]]*\])", name)
    plain = "".join(parts[::2])
    if "[" in plain or "]" in plain:
        return None
    return "".join(part if at % 2 else part.replace("-", "_") for at, part in enumerate(parts))


def parse(text: str, source: str) -> List[Rule]:
    r"""Return the rules of one file (kmod_config_parse, freadline_wrapped).

    A backslash before the end of a line goes on with the next; before anything else it is dropped.

    Args:
        text: All of the file.
        source: Its path.
    """
    found: List[Rule] = []
    line, first = "", 1
    for number, raw in enumerate(text.split("\n"), 1):
        odd = (len(raw) - len(raw.rstrip("\\"))) % 2
        line += re.sub(r"\\(.)", r"\1", raw[:-1] if odd else raw)
        if odd:
            continue
        rule = _rule(line, source, first)
        if rule:
            found.append(rule)
        line, first = "", number + 1
    rule = _rule(line, source, first)
    return found + ([rule] if rule else [])


def _rule(line: str, source: str, number: int) -> Optional[Rule]:
    if line.startswith("#"):
        return None
    words = re.split("[ \t]+", line.strip(" \t"), maxsplit=2)
    name = underscored(words[1]) if len(words) > 1 else None
    if not name or words[0] not in ("install", "blacklist", "softdep"):
        return None
    rest = words[2].strip(" \t") if len(words) > 2 else ""
    if not rest and words[0] != "blacklist":
        return None
    return Rule(words[0], name, rest, source, number)


def judge(module: str, rules: Iterable[Rule]) -> Verdict:
    """Return what rules make of a module: the first ``install`` that fits counts, any softdep overrules it.

    Args:
        module: Its name, with hyphens or underscores.
        rules: Of all files, in their order, with those of ``modules.softdep``.
    """
    name = module.replace("-", "_")
    install = softdep = blacklist = None
    for rule in rules:
        if rule.kind == "blacklist":
            blacklist = blacklist or (rule if rule.module == name else None)
        elif not fnmatchcase(name, rule.module.replace("[^", "[!")):
            continue
        elif rule.kind == "install":
            install = install or rule
        elif re.search(r"(?:^|[ \t])(?:pre|post):[ \t]+[^ \t]", rule.rest):
            softdep = softdep or rule
    return Verdict(install, softdep, blacklist)
