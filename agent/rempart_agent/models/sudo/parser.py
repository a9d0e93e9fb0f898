"""sudoers(5) as plugins/sudoers/gram.y of sudo 1.9.16 takes it: aliases, settings and rules, files put together.

A line that the grammar refuses is passed by, as sudo does, and named in ``Policy.errors``.
"""

from typing import Callable, Dict, Iterator, List, NamedTuple, Optional, Tuple

from rempart_agent.models.sudo.lexer import Lexer, Token
from rempart_agent.models.sudo.moments import is_span, moment
from rempart_agent.said import SaidError, Why

MAX_DEPTH = 128  # MAX_SUDOERS_DEPTH of toke.l
MAX_FILES = 4096
MAX_TEXT = 1024 * 1024


class Member(NamedTuple):
    """One item of a list of users, hosts, groups or commands.

    Attributes:
        kind: ``WORD``, ``ALIAS``, ``ALL``, ``USERGROUP``, ``NETGROUP``, ``NTWKADDR``, ``COMMAND`` or ``MYSELF``.
        name: As written, escapes resolved.
        negated: Whether a ``!`` stands before it.
        arguments: Those that a command is bound to; None for any.
        digest: Whether the command's content is bound to a digest.
    """

    kind: str
    name: str
    negated: bool = False
    arguments: Optional[str] = None
    digest: bool = False


Members = Tuple[Member, ...]


class Spec(NamedTuple):
    """One command of a rule, with what it takes over from the one before."""

    command: Member
    runas_users: Optional[Members]
    runas_groups: Optional[Members]
    tags: Dict[str, bool]
    options: Dict[str, str]
    source: str
    line: int


class Rule(NamedTuple):
    """One rule for some users on some hosts: a privilege of the grammar."""

    users: Members
    hosts: Members
    specs: Tuple[Spec, ...]
    source: str
    line: int


class Default(NamedTuple):
    """One setting of a Defaults line; ``scope`` is ``""``, ``:``, ``@``, ``>`` or ``!``, ``value`` None for a flag."""

    scope: str
    members: Members
    name: str
    operator: str
    value: Optional[str]
    source: str
    line: int


class Policy(NamedTuple):
    """All that sudo knows after it has read its files."""

    rules: List[Rule]
    defaults: List[Default]
    aliases: Dict[Tuple[str, str], Members]
    errors: List[Tuple[str, int, str]]
    sources: List[str]


class Refused(SaidError):
    """The grammar refuses a line."""


Read = Callable[[str], Optional[str]]
Names = Callable[[str], List[str]]


def parse(path: str, read: Read, names: Names, host: str = "") -> Policy:
    """Return what sudo makes of its files.

    Args:
        path: The first file.
        read: Gives the text of a file, or None where there is none.
        names: Gives the paths of the regular files in a directory, in the order of their names.
        host: The machine's short name, which ``%h`` in an include stands for.
    """
    policy = Policy([], [], {}, [], [])
    _file(policy, path, read, names, host, 0)
    return policy


def _file(policy: Policy, path: str, read: Read, names: Names, host: str, depth: int) -> None:
    if depth > MAX_DEPTH or len(policy.sources) >= MAX_FILES:
        policy.errors.append((path, 0, Why("too many includes")))
        return
    text = read(path)
    if text is None:
        return
    policy.sources.append(path)
    if len(text) > MAX_TEXT:
        policy.errors.append((path, 0, Why("the file is too large to evaluate")))
        return
    line: List[Token] = []
    for token in Lexer(text).tokens():
        if token.kind != "NEWLINE":
            line.append(token)
            continue
        if line:
            for named, folder in _line(policy, path, line):
                whole = _path(path, named, host)
                files = [f for f in names(whole) if _taken(f)] if folder else [whole]
                for file in files:
                    _file(policy, file, read, names, host, depth + 1)
        line = []
    if line:
        policy.errors.append((path, line[0].line, Why("the file ends within a line")))


def _taken(path: str) -> bool:
    """Tell whether a file of an included folder is read: no dot in its name, no ``~`` at its end."""
    name = path.rpartition("/")[2]
    return bool(name) and "." not in name and not name.endswith("~")


def _path(source: str, named: str, host: str) -> str:
    """Return the path that an include names: relative to its file, ``%h`` for the host (expand_include of toke.l)."""
    if len(named) > 1 and named[0] == named[-1] == '"':
        named = named[1:-1]
    named = named.replace("%h", host.replace("/", "_"))
    return named if named.startswith("/") else source.rpartition("/")[0] + "/" + named


def _line(policy: Policy, source: str, tokens: List[Token]) -> Iterator[Tuple[str, bool]]:
    """Take one line; yields what it includes, and whether that is a folder."""
    first = tokens[0]
    reader = _Reader(tokens, source)
    try:
        if first.kind in ("@include", "@includedir"):
            reader.take(first.kind)
            yield reader.take("WORD").text, first.kind == "@includedir"
            reader.end()  # what follows is a mistake, and is included all the same
        elif first.kind.endswith("_ALIAS"):
            reader.take(first.kind)
            reader.aliases(first.kind[0], policy)
        elif first.kind.startswith("Defaults"):
            reader.take(first.kind)
            policy.defaults.extend(reader.settings(first.kind[8:]))
        else:
            policy.rules.extend(reader.rules())
    except Refused as error:
        policy.errors.append((source, first.line, error.why))


class _Reader:
    """Reads the tokens of one line."""

    def __init__(self, tokens: List[Token], source: str) -> None:
        self._tokens = tokens
        self._at = 0
        self._source = source

    def kind(self) -> str:
        """Return the kind of the next token, ``""`` at the end."""
        return self._tokens[self._at].kind if self._at < len(self._tokens) else ""

    def take(self, *kinds: str) -> Token:
        """Return the next token, which is of one of ``kinds``."""
        if self.kind() not in kinds:
            raise Refused("syntax error" if self.kind() else "unexpected end of the line")
        self._at += 1
        return self._tokens[self._at - 1]

    def skip(self, kind: str) -> bool:
        """Pass the next token by where it is of ``kind``."""
        if self.kind() != kind:
            return False
        self._at += 1
        return True

    def end(self) -> None:
        """Hold that the line ends here."""
        if self.kind():
            raise Refused("syntax error")

    def members(self, *kinds: str) -> Members:
        """Read a list of names."""
        found: List[Member] = []
        while True:
            negated = self.skip("!")
            token = self.take(*kinds)
            found.append(Member(token.kind, token.text, negated))
            if not self.skip(","):
                return tuple(found)

    def users(self) -> Members:
        """Read a list of users."""
        return self.members("ALIAS", "ALL", "NETGROUP", "USERGROUP", "WORD")

    def hosts(self) -> Members:
        """Read a list of hosts."""
        return self.members("ALIAS", "ALL", "NETGROUP", "NTWKADDR", "WORD")

    def command(self) -> Member:
        """Read a command with its digests."""
        digest = False
        while self.kind() == "DIGEST":
            digest = True
            self.take("DIGEST")
            if self.skip(",") and self.kind() != "DIGEST":
                raise Refused("syntax error")
        negated = self.skip("!")
        token = self.take("ALL", "ALIAS", "COMMAND", "WORD")
        if token.kind == "WORD" and token.text != "list":
            raise Refused("expected a fully-qualified path name")
        kind = "COMMAND" if token.kind == "WORD" else token.kind
        if digest and kind == "ALIAS":
            raise Refused("a digest requires a path name")
        return Member(kind, token.text, negated, token.arguments, digest)

    def commands(self) -> Members:
        """Read a list of commands."""
        found = [self.command()]
        while self.skip(","):
            found.append(self.command())
        return tuple(found)

    def aliases(self, kind: str, policy: Policy) -> None:
        """Read the definitions of a line of aliases; those before a mistake count."""
        while True:
            name = self.take("ALIAS").text
            self.take("=")
            members = self.hosts() if kind == "H" else self.commands() if kind == "C" else self.users()
            if (kind, name) in policy.aliases:
                raise Refused("alias {name} is defined already", name=name)
            policy.aliases[kind, name] = members
            if not self.skip(":"):
                break
        self.end()

    def settings(self, scope: str) -> List[Default]:
        """Read what follows the word Defaults."""
        members: Members = ()
        if scope:
            members = {":": self.users, ">": self.users, "@": self.hosts, "!": self.commands}[scope]()
        found: List[Default] = []
        while True:
            negated = self.skip("!")
            variable = self.take("DEFVAR")
            operator, value = "!" if negated else "", None
            if not negated and self.kind() in ("=", "+=", "-="):
                operator = self.take("=", "+=", "-=").kind
                value = self.take("WORD").text
            found.append(Default(scope, members, variable.text, operator, value, self._source, variable.line))
            if not self.skip(","):
                break
        self.end()
        return found

    def rules(self) -> List[Rule]:
        """Read a line of rules: users, then hosts and commands, more of them after a colon."""
        line = self._tokens[0].line
        users = self.users()
        found: List[Rule] = []
        while True:
            hosts = self.hosts()
            self.take("=")
            specs = [self.spec(None)]
            while self.skip(","):
                specs.append(self.spec(specs[-1]))
            found.append(Rule(users, hosts, tuple(specs), self._source, line))
            if not self.skip(":"):
                break
        self.end()
        return found

    def spec(self, before: Optional[Spec]) -> Spec:
        """Read one command of a rule with its runas, options and tags (cmndspec, propagate_cmndspec)."""
        line = self._tokens[self._at].line if self.kind() else self._tokens[-1].line
        runas: Tuple[Optional[Members], Optional[Members]] = (None, None)
        if self.skip("("):
            runas = self.runas()
        options: Dict[str, str] = {}
        while self.kind() in _OPTIONS:
            name = self.take(*_OPTIONS).kind
            self.take("=")
            options[name] = self.take("WORD").text
            if name in ("CWD", "CHROOT") and options[name][:1] not in ("/", "~") and options[name] != "*":
                raise Refused("values for {name} must start with a '/', '~', or '*'", name=name)
            if (name == "TIMEOUT" and not is_span(options[name])) or (
                name in ("NOTBEFORE", "NOTAFTER") and moment(options[name]) is None
            ):
                raise Refused("{name}={options} is no time", name=name, options=options[name])
        tags: Dict[str, bool] = {}
        while self.kind().endswith(":") and len(self.kind()) > 1:
            tag = self.take(self.kind()).kind[:-1]
            tags[tag[2:] if tag.startswith("NO") else tag] = not tag.startswith("NO")
        command = self.command()
        if before is not None:
            tags = dict(before.tags, **tags)
            options = dict(before.options, **options)
            if runas == (None, None):
                runas = (before.runas_users, before.runas_groups)
        return Spec(command, runas[0], runas[1], tags, options, self._source, line)

    def runas(self) -> Tuple[Optional[Members], Optional[Members]]:
        """Read what stands in brackets: users, groups after a colon; none of either is oneself."""
        users: Members = (Member("MYSELF", ""),)
        groups: Optional[Members] = None
        if self.kind() not in (")", ":"):
            users = self.users()
        if self.skip(":") and self.kind() != ")":
            groups = self.members("ALIAS", "ALL", "WORD")
        elif self._tokens[self._at - 1].kind == ":" and users[0].kind != "MYSELF":
            raise Refused("syntax error")
        self.take(")")
        return users, groups


_OPTIONS = (
    "TIMEOUT", "NOTBEFORE", "NOTAFTER", "CWD", "CHROOT", "ROLE", "TYPE", "APPARMOR_PROFILE", "PRIVS", "LIMITPRIVS",
)  # fmt: skip
