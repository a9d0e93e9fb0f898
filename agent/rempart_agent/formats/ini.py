"""Reads ``key = value`` files of many dialects as one list of settings.

The forms: key files and INI with ``[section]``; ``KEY=VALUE``; shell assignments (``export X=…``, ``readonly``,
``declare``, ``typeset``); KDE's ``key[$i]=``; and ``Key value``, parted by blanks (clamd.conf, login.defs). Nothing is
left out because it is not understood: a line without a separator is a key without a value.

Rules, where the dialects differ:

* A line whose first character is ``#`` or ``;`` is a comment. A comment at the end of a line is cut only where the form
  has one: after a blank in ``Key value`` and in shell assignments, and wherever the dialect of the path says so
  (:data:`DIALECTS`). In other ``key = value`` lines ``#`` and ``;`` belong to the value, as in systemd, GKeyFile and
  Samba, so that no password is cut.
* Quotes around a whole value are taken off; others stay.
* A backslash at the end of a line joins the next one, where the dialect has that; in systemd's files it stands for a
  blank, and comments between are left out (systemd.syntax(7)).
* Outside sections an unspaced ``NAME=`` is read by the shell's quoting, and ``A=1; export A`` is two statements.
* KDE's immutable mark of a group (``[Group][$i]``) or of the whole file (``[$i]``) is put on each of its keys, since
  that is what it means; the section is named without it.
* Asterisk: what a section inherits from its templates comes first, and a template itself, being no object, gives no
  rows. A key that the section sets replaces the inherited one.

Sources: systemd.syntax(7), KConfig's "Desktop Entry" options, config(5ssl), pwquality.conf(5), Asterisk's
configuration file format.
"""

import re
from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple

from rempart_agent.formats.unit_syntax import joined
from rempart_agent.source.contract import Malformed


class Dialect(NamedTuple):
    """How the files under one path differ from the others.

    Attributes:
        inline: Characters that begin a comment anywhere in an unquoted value.
        joins: A backslash at the end of a line joins the next one.
        indented: A line that begins with a blank continues the one before (Postfix).
        asterisk: ``;--`` block comments, ``=>`` and section templates.
        systemd: Lines are joined as systemd joins them.
    """

    inline: str = ""
    joins: bool = True
    indented: bool = False
    asterisk: bool = False
    systemd: bool = False


PLAIN = Dialect()
DIALECTS: Tuple[Tuple[str, Dialect], ...] = (
    (r"/etc/security/", Dialect(inline="#", joins=False)),
    (r"/etc/asterisk/", Dialect(inline=";", joins=False, asterisk=True)),
    (r"/etc/postfix/", Dialect(joins=False, indented=True)),
    (r"(/etc|/usr/lib|/usr/local)/ssl/|/etc/pki/tls/", Dialect(inline="#")),
    (r"/etc/mysql/|/etc/my\.cnf", Dialect(inline="#", joins=False)),
    (r"/etc/postgresql/|.*/postgresql[^/]*\.conf$", Dialect(inline="#", joins=False)),
    (r"/etc/php", Dialect(inline=";", joins=False)),
    (r"(/usr)?/etc/login\.defs", Dialect(joins=False)),  # shadow's getdef.c: a line is a line
    (r".*/systemd/", Dialect(systemd=True)),
    (r"/etc/(gdm|lightdm|sddm|xdg|kde|sysctl)|.*\.desktop$|.*/\.config/", Dialect(joins=False)),
)

MAX_INHERITED = 100_000


class Setting(NamedTuple):
    """One setting: where it stands and what it says."""

    section: str
    key: str
    value: str
    line: int


# No pattern has two neighbours that can both take the same run of characters: a hostile line must not cost its square.
_SECTION = re.compile(r"((?:\[[^\[\]]*\])+)\s*(?:\(([^)]*)\)\s*)?(?:[#;].*)?$")
_EXPORT = r"(?:export|readonly|declare|typeset|local)"
_DECLARED = re.compile(_EXPORT + r"(?:\s+-[A-Za-z]+)*\s+(?=[A-Za-z_]\w*=)")
_ASSIGNED = re.compile(r"([A-Za-z_]\w*)=")
_STATEMENT = re.compile(r"\s*(?:;|&&)\s*(?=$|" + _EXPORT + r"\b|[A-Za-z_]\w*=|fi\b|done\b|\}|;|#)")
_WITHIN = re.compile(
    r"(?:;|&&|\|\||\)|\{|\bthen|\belse|\bdo)\s+(?=(?:" + _EXPORT + r"\s[\s\w-]{0,40})?\b[A-Za-z_]\w*=)"
)
_FIRST_WORD = re.compile(r"([^\s=]+)\s*=")
_FLAG = re.compile(r"\[\$(\w{0,8})\]$")


def dialect_of(path: str) -> Dialect:
    """Return the dialect of the file at ``path``."""
    for pattern, dialect in DIALECTS:
        if re.match(pattern, path):
            return dialect
    return PLAIN


def parse(text: str, dialect: Dialect = PLAIN) -> Iterator[Setting]:
    """Return the settings of a file in the order of its lines, duplicates kept.

    Args:
        text: The file's content.
        dialect: How to read it.

    Raises:
        Malformed: Asterisk templates that multiply without end.
    """
    settings = _read(text, dialect)
    return _inherit(settings) if dialect.asterisk else (s for s, _ in settings)


def _read(text: str, dialect: Dialect) -> Iterator[Tuple[Setting, Optional[str]]]:
    """Return the settings; with ``asterisk`` a setting without a key opens each section, beside its parentheses."""
    section, mark, whole = "", "", ""
    inside = False
    for line, content in _lines(text, dialect):
        found = _SECTION.match(content)
        if found:
            name = found.group(1)
            flag = _FLAG.search(name)
            fixed = "[$i]" if flag and "i" in flag.group(1) else ""
            if flag and not flag.start() and not inside:
                whole = fixed
                continue
            mark = fixed
            section = (name[: flag.start()] if flag else name)[1:-1].strip()
            inside = True
            if dialect.asterisk:
                yield Setting(section, "", "", line), found.group(2) or ""
            continue
        for key, value in _settings(content, inside, dialect):
            flagged = mark or whole
            yield Setting(section, key + flagged if flagged and not _FLAG.search(key) else key, value, line), None


def _lines(text: str, dialect: Dialect) -> Iterator[Tuple[int, str]]:
    """Return the logical lines that are no comment, stripped, with the number of their first physical one."""
    lines = text.lstrip("\ufeff").split("\n")
    at = 0
    pending: Optional[Tuple[int, List[str]]] = None
    hidden = False
    while at < len(lines):
        raw = lines[at].rstrip()
        at += 1
        line = raw.lstrip()
        if dialect.asterisk and (hidden or (line.startswith(";--") and line[3:4] != "-")):
            hidden = "--;" not in line
            continue
        if not line or line[0] in "#;":
            continue
        if dialect.indented:
            if pending and raw[0] in " \t":
                pending[1].append(line)
                continue
            if pending:
                yield pending[0], " ".join(pending[1])
            pending = at, [line]
            continue
        first, parts = at, []
        if dialect.systemd:
            at, line = joined(lines, at - 1)
            if line:
                yield first, line
            continue
        while dialect.joins and _continues(lines[at - 1]) and at < len(lines):
            parts.append(line[:-1])
            line = lines[at].strip()
            at += 1
        whole = "".join([*parts, line]).strip()
        if whole:  # a lone backslash joins nothing with nothing
            yield first, whole
    if pending:
        yield pending[0], " ".join(pending[1])


def _continues(line: str) -> bool:
    """Tell whether a line, blanks at its end and all, goes on in the next one."""
    line = line[:-1] if line.endswith("\r") else line  # str.removesuffix is of Python 3.9
    return line.endswith("\\") and (len(line) - len(line.rstrip("\\"))) % 2 == 1


def _settings(line: str, inside: bool, dialect: Dialect) -> Iterator[Tuple[str, str]]:
    if not inside:
        assigned = list(_assignments(line)) if not dialect.inline else []
        if assigned:
            yield from assigned
            return
    if inside and "=" in line[1:]:  # a key of several words, as Samba has
        separator = line.index("=", 1)
    else:
        found = _FIRST_WORD.match(line)
        separator = found.end() - 1 if found else 0
    if separator:
        value = line[separator + 1 :]
        if dialect.asterisk and value.startswith(">"):  # "exten => …"
            value = value[1:]
        yield line[:separator].rstrip(), _unquoted(_uncommented(value.strip(), dialect.inline, after_blank=False))
        return
    key, value = [*line.split(None, 1), ""][:2]
    yield key, _unquoted(_uncommented(value, "#" + dialect.inline, after_blank=not dialect.inline))
    if not inside:
        within = _WITHIN.search(line)
        if within:
            yield from _assignments(line[within.end() :])


def _assignments(line: str) -> Iterator[Tuple[str, str]]:
    """Return the assignments of a shell statement and of those after it on the line; none where it is no such."""
    declared = _DECLARED.match(line)
    at = declared.end() if declared else 0
    while True:
        found = _ASSIGNED.match(line, at)
        if not found:
            break
        value, end = shell_word(line, found.end())
        rest = line[end:]
        if not rest.strip() or rest.lstrip()[0] == "#":
            yield found.group(1), value
            return
        more = _STATEMENT.match(line, end)
        if more:
            yield found.group(1), value
            if more.end() < len(line) and line[more.end()] != "#":
                yield from _statement(line[more.end() :])
            return
        if not declared:  # not the shell's, after all: the whole rest is the value
            yield found.group(1), line[found.end() :]
            return
        yield found.group(1), value
        at = end + len(rest) - len(rest.lstrip())
        if rest[0] not in " \t":
            return


def _statement(line: str) -> Iterator[Tuple[str, str]]:
    assigned = list(_assignments(line))
    if assigned:
        yield from assigned
        return
    words = line.split(None, 1)
    if len(words) == 2 and re.match(_EXPORT + "$", words[0]):
        yield words[0], words[1].split(";")[0].split("#")[0].strip()


def shell_word(line: str, at: int) -> Tuple[str, int]:
    """Return the shell word that begins at ``at``, without its quoting, and where it ends.

    A substitution (``$(…)``, backquotes) is kept as it is written; an open quote reaches to the end of the line.

    Args:
        line: The line.
        at: Where the word begins.
    """
    out: List[str] = []
    while at < len(line):
        char = line[at]
        if char in " \t;&|<>()":
            break
        at += 1
        if char == "\\":
            out.append(line[at : at + 1])
            at += 1
        elif char == "'":
            end = line.find("'", at)
            end = len(line) if end < 0 else end
            out.append(line[at:end])
            at = end + 1
        elif char == '"':
            while at < len(line) and line[at] != '"':
                if line[at] == "\\" and line[at + 1 : at + 2] in ('"', "\\", "$", "`"):
                    at += 1
                out.append(line[at])
                at += 1
            at += 1
        elif char == "`" or (line.startswith("(", at) and char == "$"):
            end = line.find("`" if char == "`" else ")", at)
            end = len(line) if end < 0 else end + 1
            out.append(line[at - 1 : end])
            at = end
        else:
            out.append(char)
    return "".join(out), min(at, len(line))


def _uncommented(value: str, marks: str, after_blank: bool) -> str:
    """Cut an unquoted value at the first of ``marks`` (only where a blank stands before it, if so asked)."""
    if not any(mark in value for mark in marks):
        return value
    quote = ""
    for at, char in enumerate(value):
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'" and (at == 0 or value[at - 1] in " \t,=("):
            quote = char
        elif char in marks and (at == 0 or value[at - 1] in " \t" or (not after_blank and value[at - 1] != "\\")):
            return value[:at].rstrip()
    return value


def _unquoted(value: str) -> str:
    if len(value) < 2 or value[0] not in "\"'":
        return value
    quote = value[0]
    end = 1
    while end < len(value) and value[end] != quote:
        end += 2 if quote == '"' and value[end] == "\\" else 1
    rest = value[end + 1 :]
    if end >= len(value) or (rest and not re.match(r"\s+[#;]", rest)):
        return value
    inner = value[1:end]
    return re.sub(r'\\(["\\])', r"\1", inner) if quote == '"' else inner


def _inherit(settings: Iterator[Tuple[Setting, Optional[str]]]) -> Iterator[Setting]:
    """Resolve Asterisk's section templates."""
    own: List[Setting] = []
    inherited: List[Setting] = []
    known: Dict[str, List[Setting]] = {}
    copied = 0
    section, template = "", False
    for setting, opened in settings:
        if opened is None:
            own.append(setting)
            continue
        known.setdefault(section, []).extend(_merged(inherited, own))
        if not template:
            yield from _merged(inherited, own)
        section, own = setting.section, []
        parents = [name.strip() for name in opened.split(",")]
        template = "!" in parents
        inherited = [s._replace(section=section) for name in parents for s in known.get(name, ())]
        copied += len(inherited)
        if copied > MAX_INHERITED:
            raise Malformed("templates that multiply beyond {max_inherited} settings", max_inherited=MAX_INHERITED)
    if not template:
        yield from _merged(inherited, own)


def _merged(inherited: List[Setting], own: List[Setting]) -> List[Setting]:
    keys = {setting.key for setting in own}
    return [setting for setting in inherited if setting.key not in keys] + own
