"""The handlers of a service, built from its files as libpam builds them.

Source: Linux-PAM ``libpam/pam_handlers.c`` (1.5.2, 1.7.0) and Debian's patch ``031_pam_include``, which adds
``@include`` and looks for what is included in ``/etc/pam.d`` alone.
"""

import posixpath
from typing import Callable, Dict, List, NamedTuple, Optional, Tuple

from rempart_agent.models.pam import syntax
from rempart_agent.said import SaidError

KINDS = ("auth", "account", "session", "password")
OTHER = "other"
CONF = "/etc/pam.conf"
DIRECTORY = "/etc/pam.d"
LEVELS = 16  # PAM_SUBSTACK_MAX_LEVEL
MOST = 10_000  # lines of a service with all that it includes, which can multiply
_UNNAMED = "<*unknown module*>"

MODULE, FAILS, SUBSTACK, WILD = "module", "fails", "substack", "wild"
"""What a handler does: calls its module, always fails, opens a substack, or fails with a control that libpam left to
chance."""

Read = Callable[[str], Optional[syntax.File]]


class Refused(SaidError):
    """libpam refuses every use of the service."""


class Dialect(NamedTuple):
    """Which libpam reads the files.

    Attributes:
        debian: ``@include`` is understood, and what is included is looked for in ``/etc/pam.d`` alone.
        directories: Where a service's file is looked for, in order.
    """

    debian: bool
    directories: Tuple[str, ...]


DEBIAN = Dialect(True, (DIRECTORY, "/usr/lib/pam.d"))
UPSTREAM = Dialect(False, (DIRECTORY, "/usr/lib/pam.d", "/usr/etc/pam.d"))


class Handler(NamedTuple):
    """One step of a stack.

    Attributes:
        does: One of the four above.
        level: How many substacks it lies within.
        actions: What is made of each return code, by number.
        module: The module as the line names it.
        arguments: Its arguments.
        where: ``common-auth:1``.
    """

    does: str
    level: int
    actions: Tuple[int, ...]
    module: str = ""
    arguments: Tuple[str, ...] = ()
    where: str = ""


Stack = Tuple[Handler, ...]


def build(service: str, read: Read, dialect: Dialect, directory: bool = True) -> Dict[str, Stack]:
    """Return the stack of each kind that a service is served by.

    Args:
        service: The service's name.
        read: Returns a file, or None where there is none; may raise ``Unclear``.
        dialect: Which libpam reads.
        directory: Whether there is a directory of services; else ``/etc/pam.conf`` holds them all.

    Raises:
        Refused: libpam refuses every use of the service.
        Unclear: what libpam makes of the files can't be told.
    """
    builder = _Builder(service, read, dialect)
    if directory:
        found = [builder.service(name) for name in (service, OTHER)]
        if not any(found):
            raise Refused("there is no file for it, and none for other")
    else:
        file = read(CONF)
        if file is None:
            raise Refused("{conf} does not exist", conf=CONF)
        if not builder.lines(file, CONF, "", "", 0, 0):
            raise Refused("{conf} ends within a line", conf=CONF)
    return {kind: tuple(builder.own[kind] or builder.other[kind]) for kind in KINDS}


class _Builder:
    def __init__(self, service: str, read: Read, dialect: Dialect) -> None:
        self._service = service
        self._read = read
        self._dialect = dialect
        self.own: Dict[str, List[Handler]] = {kind: [] for kind in KINDS}
        self.other: Dict[str, List[Handler]] = {kind: [] for kind in KINDS}
        self._count = 0

    def service(self, name: str) -> bool:
        """Read the file of a service; tell whether there is one."""
        for folder in self._dialect.directories:
            path = folder + "/" + name
            file = self._read(path)
            if file is not None:
                if not self.lines(file, path, name, "", 0, 0):
                    raise Refused("{path} ends within a line", path=path)
                return True
        return False

    def lines(self, file: syntax.File, path: str, known: str, wanted: str, includes: int, level: int) -> bool:
        """Add the lines of a file; tell whether libpam is content with it.

        Args:
            file: The file.
            path: Where it lies.
            known: The service that its lines belong to; ``""`` where each line begins with one.
            wanted: The only kind that is taken, or ``""``.
            includes: How many includes led here.
            level: How many substacks.
        """
        self._count += len(file.lines)
        if self._count > MOST:
            raise syntax.Unclear("more than {most} lines with all that is included", most=MOST)
        for line in file.lines:
            words = list(line.words)
            service = known
            if not known:
                if not words:
                    raise syntax.Unclear(
                        "{path}:{number}: no service, on which libpam itself stumbles", path=path, number=line.number
                    )
                service = words.pop(0)
            other = service.lower() == OTHER
            if other or service.lower() == self._service:
                where = "{}:{}".format(posixpath.basename(path), line.number)
                self._line(words, where, service, wanted, includes, level, other)
        return file.whole

    def _line(
        self, words: List[str], where: str, service: str, wanted: str, includes: int, level: int, other: bool
    ) -> None:
        does = MODULE
        kind, includer, control = wanted or "auth", "", syntax.ALL_BAD
        word = words.pop(0) if words else None
        word = word[1:] if word is not None and word.startswith("-") else word
        if word is not None and word.lower() in KINDS:
            kind = word.lower()
        elif word is not None and word.lower() == "@include" and self._dialect.debian:
            kind, includer = wanted, "@include"
        else:
            does = FAILS
        if not includer:
            if wanted and kind != wanted:
                return
            if not words:
                does = FAILS
            elif words[0].lower() in ("include", "substack"):
                includer = words.pop(0).lower()
            else:
                control = syntax.control(words.pop(0))
        name = words.pop(0) if words else None
        if includer:
            if self._include(includer, name, where, service, kind, includes, level, other):
                return
            does = WILD if includer == "@include" else FAILS
            name, words = None, []
        elif name is None:
            does = FAILS
        self._add(other, kind, Handler(does, level, control, _UNNAMED if name is None else name, tuple(words), where))

    def _include(
        self,
        includer: str,
        name: Optional[str],
        where: str,
        service: str,
        kind: str,
        includes: int,
        level: int,
        other: bool,
    ) -> bool:
        deeper = level + (includer == "substack")
        if deeper > level:
            self._add(
                other, kind, Handler(SUBSTACK, level, syntax.ALL_BAD, _UNNAMED if name is None else name, (), where)
            )
        if name is None:
            if self._dialect.debian:
                raise syntax.Unclear("{where}: an include without a name, on which libpam itself stumbles", where=where)
            return False
        if includes + 1 >= LEVELS:
            raise syntax.Unclear(
                "{where}: includes deeper than {levels}, which older libpam follows on", where=where, levels=LEVELS
            )
        folders = (DIRECTORY,) if self._dialect.debian else self._dialect.directories
        for path in [name] if name.startswith("/") else [folder + "/" + name for folder in folders]:
            file = self._read(path)
            if file is not None:
                return self.lines(file, path, service, kind, includes + 1, deeper)
        return False

    def _add(self, other: bool, kind: str, handler: Handler) -> None:
        if not kind:
            raise Refused("{where}: what it includes is missing", where=handler.where)
        if not _has_name(handler.module):
            raise Refused("{where}: a module without a name", where=handler.where)
        (self.other if other else self.own)[kind].append(handler)


def _has_name(module: str) -> bool:
    name = module.rsplit("/", 1)[-1]
    name = name[: name.rindex(".")] if "." in name else name
    return name not in ("", "?")
