r"""Table rempart_pam: the PAM stack of each service, with what it includes put in its place.

Source: ``/etc/pam.d``, then ``/usr/lib/pam.d`` and ``/usr/etc/pam.d`` for services that the first has no file of
(pam.d(5)); ``/etc/pam.conf`` where there is no such directory. One row for each line that is in force for a service, in
order; ``@include``, ``include`` and ``substack`` are followed and give no row of their own, unless the file that they
name is missing: PAM then refuses, and the row says so by an empty ``module``.

The value of an argument that is a password is left out. What package managers and editors leave behind
(``sshd.dpkg-old``, ``login~``) is no service and not read.
"""

import re
from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple

from rempart_agent.formats import option
from rempart_agent.source.contract import INTEGER, TEXT, Column, Malformed, Missing, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("service", TEXT, index=True),
    Column("type", TEXT),
    Column("control", TEXT),
    Column("module", TEXT),
    Column("arguments", TEXT),
    Column("source", TEXT),
    Column("line", INTEGER),
    Column("optional", INTEGER),
    Column("depth", INTEGER),
)

TYPES = ("auth", "account", "password", "session")
DIRECTORIES = ("/etc/pam.d", "/usr/lib/pam.d", "/usr/etc/pam.d")
CONF = "/etc/pam.conf"
MAX_DEPTH = 16  # libpam's own PAM_SUBSTACK_MAX_LEVEL
MAX_LINES = 10_000  # of one service, with all that it includes

_LEFT_BEHIND = re.compile(r"\.|.*(~|\.(dpkg|ucf)-\w+|\.rpm(new|save|orig)|\.pacnew|\.pacsave|\.bak|\.orig|\.sw[op])$")
_WORD = re.compile(r"\[((?:[^\]\\]|\\.)*)(?:\]|$)|(\S+)", re.DOTALL)


class Rule(NamedTuple):
    """One line of a PAM file; ``type`` is ``@include`` where it includes all types."""

    line: int
    optional: int
    type: str
    control: str
    module: str
    arguments: str


class Stacks:
    """The files of a target's PAM configuration, each read once."""

    def __init__(self, target: Target) -> None:
        """Look at the PAM files of ``target``."""
        self._target = target
        self._files: Dict[str, Optional[List[Rule]]] = {}

    def find(self, name: str) -> Optional[Tuple[str, List[Rule]]]:
        """Return the path and the lines of the file that ``name`` (a service or a path) stands for, or None."""
        for path in [name] if name.startswith("/") else [folder + "/" + name for folder in DIRECTORIES]:
            if path not in self._files:
                try:
                    self._files[path] = list(parse(self._target.text(path)))
                except Missing:
                    self._files[path] = None
            rules = self._files[path]
            if rules is not None:
                return path, rules
        return None

    def expand(self, path: str, rules: List[Rule], only: str = "", within: Tuple[str, ...] = ()) -> Iterator[Row]:
        """Return the rows of a file and of what it includes.

        Args:
            path: Where the lines stand.
            rules: The lines.
            only: The type that is wanted, or ``""`` for all.
            within: The files that led here.

        Raises:
            Malformed: a file includes itself, or includes go deeper than PAM follows them.
        """
        within = (*within, path)
        for rule in rules:
            whole = rule.type == "@include"
            if (
                only and not whole and rule.type != only and rule.type in TYPES
            ):  # PAM takes any other for the wanted one
                continue
            found = None
            if whole or rule.control in ("include", "substack"):
                found = self.find(rule.module)
            if found is None:
                yield _row(rule, path, len(within) - 1)
                continue
            if found[0] in within:
                raise Malformed("{path}:{line}: {found} includes itself", path=path, line=rule.line, found=found[0])
            if len(within) >= MAX_DEPTH:
                raise Malformed(
                    "{path}:{line}: includes deeper than {max_depth}", path=path, line=rule.line, max_depth=MAX_DEPTH
                )
            yield from self.expand(found[0], found[1], only if whole else rule.type, within)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each line in force of each service; worked out once in a run."""
    made: List[Row] = target.shared("pam lines", lambda: list(_rows(target)))
    return iter(made)


def _rows(target: Target) -> Iterator[Row]:
    stacks = Stacks(target)
    names = set()
    somewhere = False
    for folder in DIRECTORIES:
        try:
            names.update(target.listdir(folder))
            somewhere = True
        except Missing:
            continue
    if not somewhere:
        yield from _one_file(target, stacks)
        return
    for name in sorted(names):
        if _LEFT_BEHIND.match(name) or _is_directory(target, name):
            continue
        found = stacks.find(name)
        if found is not None:
            yield from _bounded(name, stacks.expand(*found))


def _one_file(target: Target, stacks: Stacks) -> Iterator[Row]:
    services: Dict[str, List[Rule]] = {}
    for rule in parse(target.text(CONF), services=True):
        name, _, kind = rule.type.partition(" ")
        services.setdefault(name, []).append(rule._replace(type=kind))
    for name in sorted(services):
        yield from _bounded(name, stacks.expand(CONF, services[name]))


def _is_directory(target: Target, name: str) -> bool:
    for folder in DIRECTORIES:
        try:
            return (target.stat(folder + "/" + name).st_mode & 0o170000) == 0o040000
        except Missing:
            continue
    return False


def _bounded(service: str, expanded: Iterator[Row]) -> Iterator[Row]:
    for count, row in enumerate(expanded):
        if count >= MAX_LINES:
            raise Malformed(
                "{service}: includes that multiply beyond {max_lines} lines", service=service, max_lines=MAX_LINES
            )
        yield dict(row, service=service)


def _row(rule: Rule, path: str, depth: int) -> Row:
    included = rule.type == "@include" or rule.control in ("include", "substack")
    return {
        "type": "" if rule.type == "@include" else rule.type,
        "control": "include" if rule.type == "@include" else rule.control,
        "module": "" if included else rule.module.rsplit("/", 1)[-1],
        "arguments": rule.module if included else option.mask(rule.arguments),
        "source": path,
        "line": rule.line,
        "optional": rule.optional,
        "depth": depth,
    }


def parse(text: str, services: bool = False) -> Iterator[Rule]:
    """Parse one PAM file.

    Args:
        text: Its content.
        services: The form of pam.conf(5): a service before the type. ``type`` then holds both, parted by a blank.
    """
    for number, line in _lines(text):
        words = [found.group() for found in _WORD.finditer(line)]
        if words[0] == "@include" and not services:
            yield Rule(number, 0, "@include", "", words[1] if len(words) > 1 else "", "")
            continue
        service = words.pop(0).lower() + " " if services else ""
        words += [""] * 3
        kind = words[0].lower()
        optional = kind.startswith("-")
        control = re.sub(r"\s+", " ", words[1].lower())
        if control.startswith("["):
            control = "[" + control[1:].rstrip("]").strip() + "]"
        arguments = " ".join(words[3:]).strip()
        yield Rule(number, int(optional), service + (kind[1:] if optional else kind), control, words[2], arguments)


def _lines(text: str) -> Iterator[Tuple[int, str]]:
    r"""Return the lines with words, without comments, ``\`` at the end joined, each with its first number.

    As libpam has it, a line with a comment is never continued and ends the one before.
    """
    parts: List[str] = []
    first = 0
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.split("#", 1)[0].rstrip()
        first = first if parts else number
        if line.endswith("\\") and "#" not in raw:
            parts.append(line[:-1])
            continue
        joined = " ".join([*parts, line]).strip()
        parts = []
        if joined:
            yield first, joined
    joined = " ".join(parts).strip()
    if joined:
        yield first, joined
