"""Table rempart_sshd_config: the options that the SSH server goes by, as ``sshd -T`` prints them.

Source: ``/etc/ssh/sshd_config`` (else ``/usr/etc/ssh/sshd_config``) and what it includes, sshd_config(5). Options given
to sshd on its command line are not seen.

One row for each value in force: of most options the first one set, of lists (``port``, ``listenaddress``, ``hostkey``,
``acceptenv``, ``allowusers`` …) every one. What the file leaves out has the default of the installed version, which is
read from the program itself, else from dpkg, else the newest known. Rows with a ``match_block`` say what is different
under those criteria. What ``Match all`` sets holds for every connection: it is a row without ``match_block``, in place
of what stands outside, and a later block can't change it.
"""

import re
from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple

from rempart_agent.tables import dpkg, sshd
from rempart_agent.tables.contract import INTEGER, TEXT, Column, Malformed, Missing, Query, Row, Unfit
from rempart_agent.targets.contract import Target

OFFLINE = "full"
COLUMNS = (
    Column("option", TEXT),
    Column("value", TEXT),
    Column("match_block", TEXT),
    Column("source", TEXT),
    Column("line", INTEGER),
    Column("is_default", INTEGER),
)

CONFIGURATIONS = ("/etc/ssh/sshd_config", "/usr/etc/ssh/sshd_config")
PROGRAM = "/usr/sbin/sshd"
MAX_DEPTH = 16  # sshd's own SERVCONF_MAX_DEPTH
MAX_FILES = 1000

_BLANK = " \t\r\n\f"
_LINE = re.compile(r'[ \t]*(?:"([^"]*)"|([^ \t\r\n="]+))[ \t]*=?[ \t]*(.*)$', re.DOTALL)
_VERSION = re.compile(rb"OpenSSH_([0-9]{1,3})\.([0-9]{1,3})p[0-9]+( Debian| Ubuntu)?")


class Directive(NamedTuple):
    """One line: its number, its option (lower case, no alias), its arguments, and the rest of the line as it stands."""

    line: int
    option: str
    words: List[str]
    raw: str


class Setting(NamedTuple):
    """A value and where it stands."""

    value: str
    source: str
    line: int


class Configuration:
    """What the files of a configuration set: criteria of a Match block, or ``""`` -> option -> settings."""

    def __init__(self, target: Target, defaults: Dict[str, List[str]]) -> None:
        """Start with nothing set."""
        self._target = target
        self._defaults = defaults
        self._files = 0
        self.scopes: Dict[str, Dict[str, List[Setting]]] = {"": {}, "all": {}}

    def read(self, path: str, block: str = "", depth: int = 0) -> None:
        """Read a file under the criteria of the block that includes it.

        Raises:
            Malformed: sshd would refuse the file: quotes that are not closed, includes without end.
        """
        self._files += 1
        if depth > MAX_DEPTH or self._files > MAX_FILES:
            raise Malformed("{}: too many includes within one another".format(path))
        outer = block
        for line, option, words, raw in parse(self._target.text(path), path):
            if option == "match":
                block = " ".join(words) if not outer else outer if words == ["all"] else " ".join([outer, *words])
                block = "all" if block.lower() == "all" else block
            elif option == "include":
                for pattern in words:
                    pattern = pattern if pattern.startswith("/") else "/etc/ssh/" + pattern
                    for included in sorted(self._target.glob(pattern)):
                        self.read(included, block, depth + 1)
            elif option not in sshd.IGNORED:
                settings = [Setting(v, path, line) for v in sshd.values(option, words, raw, self._defaults)]
                self._set("" if block == "all" and option not in sshd.IN_MATCH else block, option, settings)

    def _set(self, block: str, option: str, settings: List[Setting]) -> None:
        scope = self.scopes.setdefault(block, {})
        if option in sshd.PER_LINE or option in sshd.PER_WORD:
            scope.setdefault(option, []).extend(settings)
        elif block in ("", "all") or option not in self.scopes["all"]:
            scope.setdefault(option, settings)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """Return one row for each value in force, and one for each that a Match block sets."""
    path = next((p for p in CONFIGURATIONS if target.exists(p)), CONFIGURATIONS[0])
    version, debian = find_version(target)
    defaults = sshd.defaults(version, debian)
    configuration = Configuration(target, defaults)
    configuration.read(path)
    everywhere = configuration.scopes.pop("all")
    for block, options in configuration.scopes.items():
        if not block:
            options = _completed({**options, **everywhere}, defaults)
        for option, settings in options.items():
            for value, source, line in settings:
                row: Dict[str, object] = {"option": option, "value": value, "match_block": block, "source": source}
                row["is_default"] = int(source == "default")
                if line:
                    row["line"] = line
                yield row


def _completed(options: Dict[str, List[Setting]], defaults: Dict[str, List[str]]) -> Dict[str, List[Setting]]:
    """Add the defaults to what the files set globally, and bring the options together that depend on each other."""
    found = dict(options)
    for option, values in defaults.items():
        found.setdefault(option, [Setting(value, "default", 0) for value in values])
    if "persourcepenalties" in options:
        lines = options["persourcepenalties"]
        value = sshd.penalties([s.value for s in lines], defaults.get("persourcepenalties", [""])[0])
        found["persourcepenalties"] = [lines[0]._replace(value=value)]
    ports = [s.value for s in found["port"]]
    given: List[Optional[Setting]] = list(options.get("listenaddress", ())) or [None]
    found["listenaddress"] = [
        Setting(value, setting.source if setting else "default", setting.line if setting else 0)
        for setting in given
        for value in sshd.addresses([setting.value] if setting else [], ports, found["addressfamily"][0].value)
    ]
    return found


def find_version(target: Target) -> Tuple[sshd.Version, bool]:
    """Return OpenSSH's version on the target, and whether it is Debian's or Ubuntu's build."""
    try:
        found = _VERSION.search(target.read(PROGRAM))
    except (Missing, Unfit):
        found = None
    if found:
        return (int(found.group(1)), int(found.group(2))), bool(found.group(3))
    try:
        texts = dpkg.texts(target)
    except Missing:
        return sshd.NEWEST, False
    for text in texts:
        for version in dpkg.find_version(text, "openssh-server"):
            number = re.match(r"(?:[0-9]+:)?([0-9]{1,3})\.([0-9]{1,3})", version)
            if number:
                return (int(number.group(1)), int(number.group(2))), True
    return sshd.NEWEST, True


def parse(text: str, path: str = "sshd_config") -> Iterator[Directive]:
    """Parse one file.

    Args:
        text: Its content.
        path: Its name, for errors.

    Raises:
        Malformed: a quote is not closed.
    """
    for number, line in enumerate(text.split("\n"), 1):
        found = _LINE.match(line.rstrip(_BLANK).lstrip(_BLANK))
        if not found or (found.group(2) or "").startswith("#"):
            continue
        name = (found.group(1) if found.group(2) is None else found.group(2)).lower()
        option = sshd.ALIASES.get(name, name)
        raw = found.group(3)
        if option in sshd.RAW:
            yield Directive(number, option, [], raw)
            continue
        words = split(raw)
        if words is None:
            raise Malformed("{}:{}: a quote is not closed".format(path, number))
        if option == "listenaddress" and len(words) > 1:
            words = [" ".join(words)]
        if option == "match":
            words = [part for word in words for part in word.split("=", 1)] if "=" in raw else words
        yield Directive(number, option, words, raw)


def split(text: str) -> Optional[List[str]]:
    """Return the words of a line up to its comment, quotes and escapes resolved; None where a quote is not closed."""
    words: List[str] = []
    at = 0
    while at < len(text):
        if text[at] in " \t":
            at += 1
            continue
        if text[at] == "#":
            break
        word: List[str] = []
        quote = ""
        while at < len(text) and (quote or text[at] not in " \t"):
            char = text[at]
            after = text[at + 1 : at + 2]
            if char == "\\" and after and (after in "'\"\\" or (after == " " and not quote)):
                at += 1
                word.append(after)
            elif not quote and char in "\"'":
                quote = char
            elif char == quote:
                quote = ""
            else:
                word.append(char)
            at += 1
        if quote:
            return None
        words.append("".join(word))
    return words
