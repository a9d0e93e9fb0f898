"""What AIDE watches of a file, by its configuration (aide.conf(5) of AIDE 0.16 to 0.19), as far as that is plain.

AIDE looks for the rule of a file from the deepest folder that rules name upwards, and takes the first that fits there;
what a negative rule fits is left out. Plain are patterns of letters, escaped signs, ``.`` and ``.*``, ``$`` at their
end. What is not plain is never guessed: other files that are included, programs that are run, conditions, other
patterns that could fit.
"""

import re
from typing import Dict, FrozenSet, List, NamedTuple, Optional, Tuple

_ATTRIBUTE_NAMES = (
    "p ftype i l n u g s b m a c S I ANF ARF acl selinux xattrs e2fsattrs caps growing compressed md5 sha1 "
    "sha256 sha512 rmd160 tiger haval crc32 crc32b gost whirlpool stribog256 stribog512 sha512_256 sha3_256 "
    "sha3_512 blake3"
)
_ATTRIBUTES = frozenset(_ATTRIBUTE_NAMES.split())
_X = frozenset(("acl", "selinux", "xattrs", "e2fsattrs", "caps"))
_MANY = frozenset(("p", "ftype", "i", "l", "n", "u", "g"))
_GROUPS: Dict[str, FrozenSet[str]] = {
    "R": _MANY | {"s", "m", "c"} | _X,
    "L": _MANY | _X,
    ">": _MANY | {"S"} | _X,
    "H": frozenset(("sha512",)),
    "X": _X,
    "E": frozenset(),
}
_OPTION_NAMES = (  # that change neither what is watched nor what is told of it
    "database database_in database_out database_new database_attrs database_add_metadata verbose log_level gzip_dbout "
    "report_url report_base16 report_detailed_init report_quiet report_append report_grouped grouped syslog_format "
    "report_summarize_changes summarize_changes report_format report_ignore_e2fsattrs report_force_attrs num_workers "
    "acl_no_symlink_follow warn_dead_symlinks config_version config_check_warn_unrestricted_rules"
)
_OPTIONS = frozenset(_OPTION_NAMES.split())
_NAME = re.compile("[A-Za-z_0-9>]+")
_SETTING = re.compile(r"([A-Za-z_0-9>]+)\s*=\s*(.*)")
_DEFINE = re.compile(r"@@define\s+([A-Za-z_0-9]+)\s+(\S.*)")
_VARIABLE = re.compile(r"@@\{([A-Za-z_0-9]+)\}")
_SPECIAL = frozenset("(^$?*[")  # where AIDE ends the folder that a rule names
_TYPES = frozenset("fdplscbD")


class Unclear(ValueError):
    """The configuration says something that is not plain; the text names it.

    Attributes:
        line: Where it stands, from 1; 0 where it is no line of the configuration.
    """

    line = 0


class Included(Unclear):
    """Files are included that may be programs, whose output counts then (``@@x_include``).

    Attributes:
        place: The file or folder.
        names: Which names of the folder count, as a regular expression; ``""`` for a file.
    """

    def __init__(self, text: str, place: str, names: str) -> None:
        """Keep what is included.

        Args:
            text: The line.
            place: The file or folder.
            names: Which names of the folder count, as a regular expression; ``""`` for a file.
        """
        super().__init__(text)
        self.place = place
        self.names = names


class Rule(NamedTuple):
    """A rule.

    Attributes:
        line: Where it stands, from 1.
        kind: ``""`` for a regular one, ``=``, ``!`` or ``-``.
        pattern: Which paths it fits, without the ``^`` that AIDE puts in front.
        types: The types of files that it is restricted to; ``""`` for all.
        expression: The attributes as they are written.
        attributes: What they come to.
    """

    line: int
    kind: str
    pattern: str
    types: str
    expression: str
    attributes: FrozenSet[str]


class Watch(NamedTuple):
    """How a file is watched: the rule that holds for it, none where it is left out."""

    rule: Optional[Rule]
    excluded_by: Optional[Rule] = None


def parse(text: str) -> List[Rule]:
    """Return the rules of a configuration.

    Raises:
        Unclear: it is not plain.
    """
    groups = dict(_GROUPS)
    variables: Dict[str, str] = {}
    rules: List[Rule] = []
    for number, written in enumerate(text.split("\n"), 1):
        line = written.strip()
        if not line or line.startswith("#"):
            continue
        try:
            define = _DEFINE.fullmatch(line)
            if define:
                variables[define[1]] = _expanded(define[2].strip(), variables)
            elif line.startswith("@@") and not line.startswith("@@{"):
                _expect_harmless(line, variables)
            else:
                line = _expanded(line, variables)
                if line[0] in "/=!-":
                    rules.append(_rule(number, line, groups))
                else:
                    _define_group(line, groups)
        except Unclear as error:
            error.line = number
            raise
    return rules


def _expect_harmless(line: str, variables: Dict[str, str]) -> None:
    """Pass by what sets the environment of programs alone; all else that begins with ``@@`` is not plain."""
    words = line.split()
    if words[0] == "@@x_include_setenv":
        return
    if words[0] == "@@x_include" and len(words) > 1:
        raise Included(line[:80], _expanded(words[1], variables), words[2] if len(words) > 2 else "")
    raise Unclear(line[:80])


def _expanded(text: str, variables: Dict[str, str]) -> str:
    def value(found: "re.Match[str]") -> str:
        if found[1] not in variables:
            raise Unclear(found[0])
        return variables[found[1]]

    return _VARIABLE.sub(value, text)


def _define_group(line: str, groups: Dict[str, FrozenSet[str]]) -> None:
    found = _SETTING.fullmatch(line)
    if not found:
        raise Unclear(line[:80])
    if found[1] in _OPTIONS:
        return
    if found[1].islower():  # another option: root_prefix, report_ignore_changed_attrs
        raise Unclear(line[:80])
    groups[found[1]] = _resolved(found[2].strip(), groups)


def _resolved(expression: str, groups: Dict[str, FrozenSet[str]]) -> FrozenSet[str]:
    held: FrozenSet[str] = frozenset()
    parts = re.split(r"\s*([+-])\s*", "+" + expression)
    if parts[0] or len(parts) < 3:
        raise Unclear(expression[:80])
    for sign, name in zip(parts[1::2], parts[2::2]):
        if not _NAME.fullmatch(name) or (name not in groups and name not in _ATTRIBUTES):
            raise Unclear(expression[:80])
        named = groups.get(name) if name in groups else frozenset((name,))
        held = held | (named or frozenset()) if sign == "+" else held - (named or frozenset())
    return held


def _rule(number: int, line: str, groups: Dict[str, FrozenSet[str]]) -> Rule:
    kind = "" if line[0] == "/" else line[0]
    words = line[len(kind) :].split(None, 1)
    if not words or not words[0].startswith("/"):
        raise Unclear(line[:80])
    rest = words[1].strip() if len(words) > 1 else ""
    negative = kind in ("!", "-")
    types = ""
    first, _blank, more = rest.partition(" ")
    if negative:
        types, rest = rest, ""
    elif more.strip() and not re.fullmatch(r"[A-Za-z_0-9>]*\s*[+-].*", rest):
        types, rest = first, more.strip()
    types = types.replace(",", "")
    if not set(types) <= _TYPES or (not negative and not rest):
        raise Unclear(line[:80])
    return Rule(number, kind, words[0], types, rest, frozenset() if negative else _resolved(rest, groups))


def look_up(rules: List[Rule], path: str) -> Watch:
    """Return how a regular file is watched.

    Args:
        rules: Those of the configuration.
        path: The file's own path, no link in it.

    Raises:
        Unclear: a rule that could decide is not plain.
    """
    folders = ["/", *(path[:at] for at in range(1, len(path)) if path[at] == "/")]
    best: List[Tuple[int, Rule]] = []
    for rule in rules:
        if rule.kind in ("!", "-"):
            if _fits(rule, path, "f"):
                return Watch(None, rule)
            if any(_fits(rule, folder, "d") for folder in folders):
                if rule.kind == "-":
                    return Watch(None, rule)
                raise Unclear("!" + rule.pattern[:80])
        elif _fits(rule, path, "f"):
            best.append((len(_node(rule.pattern)), rule))
        elif rule.kind == "=" and any(_fits(rule, folder, "d") for folder in folders):
            raise Unclear("=" + rule.pattern[:80])
    if not best:
        return Watch(None)
    deepest = max(depth for depth, _rule in best)
    first = [rule for depth, rule in best if depth == deepest]
    if any(rule.kind == "=" for _depth, rule in best):
        raise Unclear("=" + first[0].pattern[:80])
    return Watch(first[0])


def _node(pattern: str) -> str:
    """Return the folder that a rule names, by which AIDE finds it."""
    last = 0
    at = 1
    while at < len(pattern) and pattern[at] not in _SPECIAL:
        if pattern[at] == "\\":
            at += 1
        elif pattern[at] == "/":
            last = at
        at += 1
    return pattern[:last]


def _fits(rule: Rule, path: str, kind: str) -> bool:
    """Tell whether a rule fits a path; raises ``Unclear`` where it may and its pattern is not plain."""
    if rule.types and kind not in rule.types:
        return False
    tokens = _tokens(rule.pattern)
    literal = "".join(sign for sign, any_of, _many in tokens[: _plain_length(tokens)] if not any_of)
    if not path.startswith(literal):
        return False
    if any(sign == "?" for sign, any_of, _many in tokens if any_of is None):
        raise Unclear(rule.pattern[:80])
    end = bool(tokens) and tokens[-1][0] == "$" and tokens[-1][1] is None
    return _matches(tokens[:-1] if end else tokens, path, whole=end)


Token = Tuple[str, Optional[bool], bool]
"""A sign, whether it stands for any sign (None: it is no plain part), and whether any number of times."""


def _tokens(pattern: str) -> List[Token]:
    found: List[Token] = []
    at = 0
    while at < len(pattern):
        sign, following = pattern[at], pattern[at + 1 : at + 2]
        if sign == "\\" and following and not following.isalnum():
            found.append((following, False, False))
            at += 2
        elif sign == "." and following == "*":
            found.append((".", True, True))
            at += 2
        elif sign == ".":
            found.append((".", True, False))
            at += 1
        elif sign == "$" and at == len(pattern) - 1:
            found.append(("$", None, False))
            at += 1
        elif sign in "\\^$*+?()[]{}|%":  # %20 is read by some releases, and as it stands by others
            if sign in "*+?{" and found:
                found.pop()  # it says how often the sign before it may stand
            found.append(("?", None, False))
            if sign == "|":
                return [("?", None, False)]
            return found
        else:
            found.append((sign, False, False))
            at += 1
    return found


def _plain_length(tokens: List[Token]) -> int:
    for at, (_sign, any_of, _many) in enumerate(tokens):
        if any_of is not False:
            return at
    return len(tokens)


def _matches(tokens: List[Token], path: str, *, whole: bool) -> bool:
    """Match from the beginning; each place that can be reached is noted once, so that no pattern takes long."""
    places = {0}
    for sign, any_of, many in tokens:
        if many:
            places = set(range(min(places), len(path) + 1))
        else:
            places = {at + 1 for at in places if at < len(path) and (any_of or path[at] == sign)}
        if not places:
            return False
    return len(path) in places if whole else True
