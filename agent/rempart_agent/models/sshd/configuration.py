"""What files and command line come to: every line with its scope, and the options in force for a connection."""

from typing import Callable, Dict, Iterable, List, NamedTuple, Optional, Sequence, Tuple

from rempart_agent.models.sshd import algorithm, criteria, defaults, fold, syntax, value
from rempart_agent.models.sshd.criteria import Connection, Criterion
from rempart_agent.models.sshd.item import Item, Options, Scope, Setting
from rempart_agent.models.sshd.scalar import Arguments, Refused

MAX_DEPTH = 16  # sshd's own SERVCONF_MAX_DEPTH
MAX_FILES = 1000
_OLD_IN_MATCH = ("rhostsrsaauthentication", "rsaauthentication", "authorizedkeysfile2")

Files = Callable[[str], Iterable[Tuple[str, str]]]
"""Returns the files that an include pattern names, in order: path and text."""


class Build(NamedTuple):
    """Which sshd it is.

    Attributes:
        version: OpenSSH's version.
        debian: Whether it is Debian's or Ubuntu's build.
        release: As it names itself, ``OpenSSH_10.0p2``.
    """

    version: Tuple[int, int] = defaults.NEWEST
    debian: bool = True
    release: str = "OpenSSH_10.0p2"


class Configuration:
    """What is written for one sshd, in the order in which sshd reads it."""

    def __init__(self, build: Build, files: Files, folder: str = "/") -> None:
        """Start with nothing said.

        Args:
            build: Which sshd it is.
            files: Finds included files.
            folder: The working directory of sshd.
        """
        self._build = build
        self._files = files
        self._folder = folder
        self._count = 0
        self._given: Dict[str, List[str]] = {}
        self.sources: List[str] = []
        self.folders: List[str] = []
        self.items: List[Item] = []
        self.defaults = defaults.defaults(build.version, build.debian)

    def command(self, given: Sequence[Tuple[str, str]]) -> None:
        """Add what the command line says, before any file.

        Raises:
            Refused: sshd does not start with it.
        """
        for option, text in given:
            if option == "-o":
                line = syntax.one(text)
                if line:
                    if line.keyword.lower() in ("match", "include"):
                        raise Refused("{keyword} on the command line", keyword=line.keyword)
                    self._line(line, (), "command line", on_command_line=True)
            else:
                self._add((), option, text, "command line", 0)

    def read(self, path: str, text: str, scope: Scope = (), depth: int = 0) -> None:
        """Add a file and what it includes.

        Args:
            path: The file's.
            text: All of it.
            scope: The Match blocks around its include.
            depth: How many files include it.

        Raises:
            Refused: sshd does not start with it.
        """
        self._count += 1
        self.sources.append(path)
        if depth > MAX_DEPTH or self._count > MAX_FILES:
            raise Refused("{path}: too many includes within one another", path=path)
        if "\0" in text:
            raise Refused("{path}: a NUL byte", path=path, sure=False)
        outer = scope
        for line in syntax.lines(text):
            where = "{}:{}".format(path, line.number)
            try:
                if line.keyword.lower() == "match":
                    scope = (*outer, self._match(line))
                elif line.keyword.lower() == "include":
                    self._include(line, scope, depth)
                else:
                    self._line(line, scope, path)
            except Refused as refused:
                if str(refused).startswith("/"):
                    raise
                raise Refused("{where}: {error}", where=where, error=refused, sure=refused.sure) from None

    def _match(self, line: syntax.Line) -> Tuple[Criterion, ...]:
        if line.words is None:
            raise Refused("a quote is not closed")
        return tuple(criteria.parse(line.words, self._build.version))

    def _include(self, line: syntax.Line, scope: Scope, depth: int) -> None:
        if not line.words or "" in line.words:
            raise Refused("Include without a file" if line.words is not None else "a quote is not closed")
        if self._build.version < (8, 2):
            raise Refused("an unknown option: Include")
        for pattern in line.words:
            if pattern.startswith("~"):
                raise Refused("an include from a home directory", sure=False)
            pattern = pattern if pattern.startswith("/") else "/etc/ssh/" + pattern
            if any(c in pattern.rpartition("/")[0] for c in "*?["):
                raise Refused("an include whose folder is a pattern", sure=False)
            self.folders += [pattern.rpartition("/")[0]] if any(c in pattern for c in "*?[") else []
            for path, text in self._files(pattern):
                self.read(path, text, scope, depth + 1)

    def starts(self, scope: Scope) -> bool:
        """Tell whether lines of a scope already count when sshd starts."""
        return all(criteria.fits(c, None, self._build.release) for c in scope)

    def _line(self, line: syntax.Line, scope: Scope, source: str, on_command_line: bool = False) -> None:
        name = line.keyword.lower()
        option = defaults.ALIASES.get(name, name)
        others = not self._build.debian and option in defaults.VENDOR
        late = self._build.debian and self._build.version < defaults.SINCE.get(option, (0, 0))
        if not others and option not in defaults.IGNORED and (late or option not in value.KINDS):
            raise Refused("an unknown option: {keyword}", keyword=line.keyword)
        if not line.rest:
            raise Refused("{keyword} without a value", keyword=line.keyword)
        if line.words is None:
            raise Refused("a quote is not closed")
        active = on_command_line or self.starts(scope)
        plain = option in defaults.IN_MATCH or name in _OLD_IN_MATCH
        if (not plain or name == "dsaauthentication") and not active:
            raise Refused("{keyword} does not belong in a Match block", keyword=line.keyword)
        if others or option in defaults.IGNORED:
            return
        vendor = not self._build.debian
        arguments = Arguments(option, line.words, line.rest, self._build.version, self._folder, vendor, active)
        if option == "port" and self._given.get("port"):
            if scope:  # read anew for each connection, without what the command line said
                value.values(arguments)
            return
        for_all = value.values(arguments)
        self._keep(scope, option, for_all, source, line.number)

    def _add(self, scope: Scope, option: str, text: str, source: str, line: int) -> None:
        self._given.setdefault(option, []).append(text)
        arguments = Arguments(option, [text], text, self._build.version, self._folder)
        self._keep(scope, option, value.values(arguments), source, line)

    def _keep(self, scope: Scope, option: str, values: List[str], source: str, line: int) -> None:
        self.items.append(Item(scope, option, values, source, line))

    def options(self, to: Optional[Connection] = None) -> Options:
        """Return the options in force for a connection; for None, what holds for every one.

        Raises:
            Refused: sshd does not start with what is written.
        """
        first = fold.merged(i for i in self.items if self.starts(i.scope))
        self._check(first)
        late = [i for i in self.items if i.scope and _copied(i) and self._holds(i.scope, to)]
        return self.completed(fold.overlaid(first, fold.merged(late)))

    def _holds(self, scope: Scope, to: Optional[Connection]) -> bool:
        return all(criteria.fits(c, to, self._build.release) for c in scope)

    def blocks(self) -> Dict[str, Options]:
        """Return what each Match block sets that some connection may get, by the text of its criteria."""
        scopes: Dict[Scope, List[Item]] = {}
        settled = set()
        for item in self.items:
            if not item.scope or not _copied(item):
                continue
            if self.starts(item.scope):
                settled.add(item.option)  # the first that fits wins, and this fits all
            elif item.option not in settled or item.option in defaults.APPENDED:
                scopes.setdefault(item.scope, []).append(item)
        out: Dict[str, Options] = {}
        for scope, items in scopes.items():
            name = " ".join(criteria.text(c) for c in scope if c != (Criterion("all"),))
            found = {k: self._final(k, v) for k, v in fold.merged(items).items()}
            for option, settings in found.items():
                out.setdefault(name, {}).setdefault(option, settings)
        return out

    def _check(self, found: Options) -> None:
        """Look at what sshd looks at before it serves (main in sshd.c)."""
        for command in ("authorizedkeyscommand", "authorizedprincipalscommand"):
            if (
                found.get(command, [Setting("none", "", 0)])[0].value.lower() != "none"
                and command + "user" not in found
            ):
                raise Refused("{command} without {command}user", command=command)
        methods = found.get("authenticationmethods", [Setting("any", "", 0)])[0].value
        usual = {option: values[0] for option, values in self.defaults.items()}
        usual.update({option: settings[0].value for option, settings in found.items()})
        on = [m for m, option in value.METHODS.items() if not option or usual.get(option) == "yes"]
        if methods != "any" and not any(
            all(m.partition(":")[0] in on for m in each.split(",")) for each in methods.split(" ")
        ):
            raise Refused("AuthenticationMethods {methods} can't be met by the methods that are on", methods=methods)
        self._addresses(found)

    def completed(self, found: Options) -> Options:
        """Add the defaults, and put options into their final form."""
        out = {option: self._final(option, settings) for option, settings in found.items()}
        for option, values in self.defaults.items():
            out.setdefault(option, [Setting(v, "default", 0) for v in values])
        out["listenaddress"] = self._addresses(out)
        return out

    def _addresses(self, found: Options) -> List[Setting]:
        ports = [s.value for s in found.get("port", [])] or ["22"]
        family = found["addressfamily"][0].value if "addressfamily" in found else "any"
        given: List[Optional[Setting]] = list(found.get("listenaddress", ())) or [None]
        if given[0] is not None and given[0].source == "default":
            given = [None]
        out = []
        for setting in given:
            if setting and family != "any" and (":" in setting.value.rpartition("]")[0]) != (family == "inet6"):
                raise Refused(
                    "ListenAddress {setting} is not of AddressFamily {family}", setting=setting.value, family=family
                )
            own = setting or Setting("", "default", 0)
            out += [own._replace(value=v) for v in defaults.addresses([own.value] if setting else [], ports, family)]
        return out

    def _final(self, option: str, settings: List[Setting]) -> List[Setting]:
        usual = self.defaults.get(option, [""])[0]
        if option == "persourcepenalties":
            return [settings[0]._replace(value=defaults.penalties([s.value for s in settings], usual))]
        if value.KINDS.get(option) is value.KINDS["ciphers"]:
            names = algorithm.known(option, self._build.version)
            more = usual.split(",") + (settings[0].value.lstrip("+^").split(",") if not self._build.debian else [])
            names = names + [n for n in more if n not in names and "*" not in n and "?" not in n]
            found = algorithm.assembled(settings[0].value, usual, names)
            if not found:
                raise Refused(
                    "{option} {settings}: nothing is left of the list",
                    option=option,
                    settings=settings[0].value,
                    sure=False,
                )
            return [settings[0]._replace(value=found)]
        if option == "rekeylimit":
            return [settings[0]._replace(value=settings[0].value.replace(" -", " 0"))]
        return settings


def _copied(item: Item) -> bool:
    """Tell whether a Match block's value reaches a connection: a list of PermitUserEnvironment does, by Match all."""
    named = item.option == "permituserenvironment" and item.values[0] not in ("yes", "no")
    return named or item.option in defaults.IN_MATCH
