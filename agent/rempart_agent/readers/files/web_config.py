"""Reads the configuration of web servers as they do: directives in blocks within one another, includes followed.

Sources: nginx's beginner's guide and ``ngx_conf_file.c``; Apache's "Configuration Files" and core directives.
Conditions (``<IfModule>``, ``<IfDefine>``, ``<IfVersion>``, ``if``) are taken to hold, so that nothing is left out.
"""

import re
from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple

from rempart_agent.source.contract import Malformed, Missing
from rempart_agent.source.target import Target

MAX_DEPTH = 32
MAX_FILES = 2_000
MAX_BYTES = 4 * 1024 * 1024  # of one file


class Block(NamedTuple):
    """A block of directives.

    Attributes:
        number: Its number; 0 is what stands outside all.
        parent: The number of the block around it.
        context: The blocks that it lies in and itself, from the outermost on, each with its words.
    """

    number: int = 0
    parent: int = 0
    context: Tuple[str, ...] = ()


class Directive(NamedTuple):
    """One directive.

    Attributes:
        source: The file that it stands in.
        line: Its line there.
        name: Its name, in small letters.
        arguments: Its words, without their quotes.
        block: The block that it stands in.
    """

    source: str
    line: int
    name: str
    arguments: Tuple[str, ...]
    block: Block


OUTSIDE = Block()


class Statement(NamedTuple):
    """What a file says at one place: a directive (``is_open`` None), the start of a block, or an end."""

    line: int
    words: Tuple[str, ...]
    is_open: Optional[bool] = None


class Reader:
    """Follows the includes of one server's configuration."""

    def __init__(self, target: Target, root: str, apache: bool) -> None:
        """Read below ``root``, to which relative names of files belong.

        Args:
            target: What is looked at.
            root: The folder.
            apache: Whether files are Apache's, else nginx's.
        """
        self._target = target
        self._root = root
        self._apache = apache
        self._files = 0
        self._blocks = 0
        self._defined: Dict[str, str] = {}

    def read(self, path: str, block: Block = OUTSIDE, depth: int = 0) -> Iterator[Directive]:
        """Yield the directives of a file, and in their place those of the files that it includes.

        Args:
            path: The file.
            block: What stands around its include.
            depth: How many files include it.

        Raises:
            Malformed: blocks that do not match, includes without end.
        """
        self._files += 1
        if depth > MAX_DEPTH or self._files > MAX_FILES:
            raise Malformed("{path}: too many includes within one another", path=path)
        parse = parse_apache if self._apache else parse_nginx
        outer: List[Block] = []
        for line, written, is_open in parse(self._target.text(path, MAX_BYTES), path):
            if is_open is False:
                if not outer:
                    raise Malformed("{path}:{line}: a block ends that did not begin", path=path, line=line)
                block = outer.pop()
                continue
            words = tuple(self._filled(word) for word in written)
            name, arguments = words[0].lower(), words[1:]
            yield Directive(path, line, name, arguments, block)
            if is_open:
                outer.append(block)
                self._blocks += 1
                block = Block(self._blocks, block.number, (*block.context, " ".join((name, *arguments))))
                if len(block.context) > MAX_DEPTH:
                    raise Malformed("{path}:{line}: too many blocks within one another", path=path, line=line)
            elif name in ("include", "includeoptional"):
                for pattern in arguments:
                    for included in self._found(pattern):
                        yield from self.read(included, block, depth + 1)
            elif self._apache and arguments and name == "define":
                self._defined[arguments[0]] = arguments[1] if len(arguments) > 1 else ""
            elif self._apache and arguments and name == "serverroot":
                self._root = arguments[0].rstrip("/")
        if outer:
            raise Malformed("{path}: a block does not end", path=path)

    def _filled(self, word: str) -> str:
        if not self._apache or "${" not in word:
            return word
        return re.sub(r"\$\{(\w+)\}", lambda m: self._defined.get(m.group(1), m.group()), word)

    def _found(self, pattern: str) -> List[str]:
        """Return the files that an include names; Apache takes all files below a directory."""
        whole = pattern if pattern.startswith("/") else self._root + "/" + pattern
        found: List[str] = []
        for path in sorted(self._target.glob(whole)):
            found += self._below(path) if self._apache else [path]
        return found

    def _below(self, path: str, depth: int = 0) -> List[str]:
        import stat

        try:
            if not stat.S_ISDIR(self._target.stat(path).st_mode):
                return [path]
            names = self._target.listdir(path) if depth < MAX_DEPTH else []
        except Missing:
            return []
        return [file for name in names for file in self._below(path + "/" + name, depth + 1)]


_NGINX = re.compile(
    r"""
    (?P<blank>[ \t\r\n]+|\#[^\n]*)
  | (?P<mark>[;{}])
  | "(?P<double>(?:[^"\\]|\\.)*)"
  | '(?P<single>(?:[^'\\]|\\.)*)'
  | (?P<word>(?!["'])(?:\\.|\$\{\w*\}|[^\s;{}\\])+)
  | (?P<odd>.)
    """,
    re.DOTALL | re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def parse_nginx(text: str, path: str = "nginx.conf") -> Iterator[Statement]:
    """Yield the statements of one of nginx's files.

    Args:
        text: All of the file.
        path: What it is called in statements.

    Raises:
        Malformed: a quote is not closed, or a directive does not end.
    """
    words: List[str] = []
    first = line = 1
    at = 0
    while at < len(text):
        found = _NGINX.match(text, at)
        if found is None or found.lastgroup == "odd":
            raise Malformed("{path}:{line}: a quote is not closed", path=path, line=line)
        kind, piece = found.lastgroup, found.group()
        at = found.end()
        if kind == "mark":
            if piece == "{" and words and words[-1].endswith("_by_lua_block"):
                at, words = _past_lua(text, at, path, line), []
            elif piece == "}":
                if words:
                    raise Malformed("{path}:{first}: a directive does not end", path=path, first=first)
                yield Statement(line, (), False)
            elif words:
                yield Statement(first, tuple(words), True if piece == "{" else None)
                words = []
        elif kind != "blank":
            if not words:
                first = line
            words.append(_ESCAPE.sub(r"\1", found.group(kind or "")) if kind != "word" else piece)
        line += text.count("\n", found.start(), at)
    if words:
        raise Malformed("{path}:{first}: a directive does not end", path=path, first=first)


_LUA = re.compile(r"""--[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[{}]""")


def _past_lua(text: str, at: int, path: str, line: int) -> int:
    """Return where a block of Lua ends: at the brace that closes it, which stands in no string or comment."""
    depth = 1
    for found in _LUA.finditer(text, at):
        depth += {"{": 1, "}": -1}.get(found.group(), 0)
        if not depth:
            return found.end()
    raise Malformed("{path}:{line}: a block does not end", path=path, line=line)


_APACHE_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|\'((?:[^\'\\]|\\.)*)\'|([^\s]+)')
_QUOTED = re.compile(r"\\([\"'\\])")


def parse_apache(text: str, path: str = "apache2.conf") -> Iterator[Statement]:
    """Yield the statements of one of Apache's files: one a line, a backslash at its end joins the next.

    Args:
        text: All of the file.
        path: What it is called in statements.
    """
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        number, line = at + 1, lines[at].rstrip("\r")
        at += 1
        parts = []
        while line.endswith("\\") and at < len(lines):
            parts.append(line[:-1])
            line = lines[at].rstrip("\r")
            at += 1
        whole = "".join([*parts, line]).strip()
        if not whole or whole[0] == "#":
            continue
        if whole.startswith("</"):
            yield Statement(number, (), False)
            continue
        opens = whole[0] == "<" and whole.endswith(">")
        words = tuple(_unquoted(found) for found in _APACHE_WORD.finditer(whole[1:-1] if opens else whole))
        if words:
            yield Statement(number, words, True if opens else None)


def _unquoted(found: "re.Match[str]") -> str:
    double, single, plain = found.groups()
    return _QUOTED.sub(r"\1", double if double is not None else single) if plain is None else plain
