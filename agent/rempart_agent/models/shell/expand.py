"""What words come to: variables, the few substitutions that are known, and lists of files."""

import re
from typing import TYPE_CHECKING, Callable, List, Optional, Tuple

from rempart_agent.models.shell.nodes import Part, Word, literal
from rempart_agent.models.shell.state import State, Unknown, Value
from rempart_agent.models.sudo import pattern
from rempart_agent.said import Why

if TYPE_CHECKING:
    from rempart_agent.models.shell.execute import Shell

_CHANGES = re.compile(
    r"([A-Za-z_]\w*)\s*(?:[-+*/%&|^]|<<|>>)?=(?!=)|([A-Za-z_]\w*)\s*(?:\+\+|--)|(?:\+\+|--)\s*([A-Za-z_]\w*)"
)
_ASSIGNED = re.compile(r"[A-Za-z_]\w*\+?=")
DECLARE = frozenset(("export", "readonly", "declare", "typeset", "local", "integer", "float"))
_RUN_PARTS = re.compile(r"\s*run-parts\s+--list\s+(?:--regex[= ]'?([^' ]+|[^']+)'?\s+)?(/[\w./-]+)\s*")
_NAMES_SET = r"[A-Za-z0-9_-]+"  # what run-parts(8) takes without --regex


class Fault(Exception):
    """What ends a command, and what it stands in: a pattern of zsh that nothing matches, a value for what is fixed."""


def expect_open(shell: "Shell", state: State, name: str) -> None:
    """Raise Fault for a variable that is fixed.

    Args:
        shell: Is told where it can't be said whether the variable is fixed: then the command may end in a fault.
        state: What is set.
        name: The variable.

    Raises:
        Fault: The variable is surely fixed.
    """
    if state.fixed.get(name, False) is None:
        shell.perhaps = True
    elif state.fixed.get(name):
        raise Fault(name)


def value(shell: "Shell", state: State, word: Optional[Word]) -> Value:
    """Return what a word comes to where it is not parted: in an assignment, in quotes.

    Args:
        shell: The shell.
        state: The state.
        word: The word; None for an empty one.
    """
    if word is None:
        return Unknown(Why("an array"))
    found, filled = "", False
    unknown: Optional[Unknown] = None
    for part in word:
        one = _part(shell, state, part)
        if isinstance(one, Unknown):
            unknown = unknown or one
            filled = filled or one.filled
        else:
            found += one or ""
            filled = filled or bool(one)
    return Unknown(unknown.why, filled) if unknown else found


def fields(shell: "Shell", state: State, words: Tuple[Word, ...]) -> List[Value]:
    """Return the words of a command: parted at blanks where variables are not quoted; files where they name some.

    Args:
        shell: The shell.
        state: The state.
        words: As they are written.
    """
    found: List[Value] = []
    declares = bool(words) and shell.dialect != "dash" and literal(words[0]) in DECLARE
    for word in words:
        if declares and word and word[0].kind == "text" and _ASSIGNED.match(word[0].text):
            found.append(value(shell, state, word))  # neither parted nor taken for a pattern
            continue
        loose = [part for part in word if part.kind != "text" and not part.quoted]
        one = value(shell, state, word)
        zsh = shell.dialect == "zsh" and not shell.as_sh
        if loose and isinstance(one, str) and not zsh:
            found.extend(one.split())
        elif loose and len(word) == len(loose) and one == "":
            continue
        elif isinstance(one, str) and _is_glob(word):
            named = files(shell, one)
            if not named and zsh:
                raise Fault(one)
            found.extend(named or [one])
        else:
            found.append(one)
    return found


def listed(shell: "Shell", state: State, words: Tuple[Word, ...]) -> Optional[List[str]]:
    """Return the words that a loop goes through; None where they are not known.

    Args:
        shell: The shell.
        state: The state.
        words: As they are written.
    """
    found: List[str] = []
    for word in words:
        if len(word) == 1 and word[0].kind == "command":
            parts = _run_parts(shell, word[0].text)
            if parts is None:
                return None
            found.extend(parts)
            continue
        for one in fields(shell, state, (word,)):
            if not isinstance(one, str):
                return None
            found.append(one)
    return found


def _is_glob(word: Word) -> bool:
    return any(part.kind == "text" and not part.quoted and re.search(r"[*?]|\[[^\]]", part.text) for part in word)


def files(shell: "Shell", glob: str) -> List[str]:
    """Return the files that a pattern stands for, in the order of their names.

    Args:
        shell: The shell.
        glob: The pattern.
    """
    found = [""] if glob.startswith("/") else []
    for part in glob.split("/")[1:]:
        if not re.search(r"[*?\[]", part):
            found = [path + "/" + part for path in found]
            continue
        found = [
            path + "/" + name
            for path in found
            for name in shell.world.names(path or "/")
            if pattern.matches(part, name) and (not name.startswith(".") or part.startswith("."))
        ]
    return [path for path in found if shell.world.kind(path)]


def _run_parts(shell: "Shell", text: str) -> Optional[List[str]]:
    found = _RUN_PARTS.fullmatch(text)
    if not found:
        return None
    try:
        wanted = re.compile(found.group(1) or _NAMES_SET)
    except re.error:
        return None
    if found.group(1) and re.search(r"\[:|\\[^.]|[*+?}][*+?{]|\)[*+{]", found.group(1)):
        return None
    folder = found.group(2)
    return [folder + "/" + name for name in shell.world.names(folder)
            if wanted.search(name) and (found.group(1) or wanted.fullmatch(name))
            and shell.world.kind(folder + "/" + name) == "file"]  # fmt: skip


def _part(shell: "Shell", state: State, part: Part) -> Value:
    if part.kind == "text":
        return part.text
    if part.kind == "command":
        return _substituted(shell, part.text)
    if part.kind == "variable":
        return _variable(shell, state, part)
    if part.kind == "arithmetic":
        changed(shell, state, part.text, faulty=True)
        return Unknown("arithmetic", True)
    return Unknown(Why("a word that is not understood"))


def changed(shell: "Shell", state: State, text: str, faulty: bool = False) -> None:
    """Forget the variables that an arithmetic expression changes; ``faulty``: one that is fixed is a fault there.

    Args:
        shell: See ``expect_open``.
        state: What is set; the variables become unknown in it, but surely not empty.
        text: The expression.
        faulty: Whether a change of a fixed variable is a fault; else the variable stays as it is.

    Raises:
        Fault: See ``faulty``.
    """
    for names in _CHANGES.findall(text):
        name = next(filter(None, names))
        if faulty:
            expect_open(shell, state, name)
        if state.fixed.get(name) is not True:
            state.values[name] = Unknown("arithmetic", True)


def _substituted(shell: "Shell", text: str) -> Value:
    words = " ".join(text.split())
    if words in ("id -u", "/usr/bin/id -u", "id -ur", "id -ru"):
        return str(shell.uid)
    if words in ("id -un", "/usr/bin/id -un", "id -nu", "whoami", "logname"):
        return shell.name
    return Unknown(Why("the output of {words}", words=words[:40]))


def _variable(shell: "Shell", state: State, part: Part) -> Value:
    known: Value
    if part.text in "@*#?-$!0123456789":
        known = Unknown("${}".format(part.text), part.text in "#?-$0")
        if part.text in "123456789" and state.given:
            known = state.given[int(part.text) - 1] if int(part.text) <= len(state.given) else None
    else:
        known = state.get(part.text)
    operator = part.operator
    if not operator:
        return known
    empty: Optional[bool]
    if isinstance(known, Unknown):
        empty = False if known.filled else None
    else:
        empty = known is None or (operator.startswith(":") and known == "")
    if operator in ("-", ":-"):
        return _either(known, empty, lambda: value(shell, state, part.argument))
    if operator in ("=", ":="):
        if empty is False:
            return known
        other = value(shell, state, part.argument)
        result = other if empty else Unknown("${{{}{}}}".format(part.text, operator))
        if empty:
            expect_open(shell, state, part.text)
        elif state.fixed.get(part.text, False) is not False:
            shell.perhaps = True
        if state.fixed.get(part.text) is not True:
            state.values[part.text] = result
        return result
    if operator in ("+", ":+"):
        other = value(shell, state, part.argument)
        return "" if empty else other if empty is False else Unknown("${{{}+}}".format(part.text))
    if operator in ("#", "##", "%", "%%") and isinstance(known, str):
        affix = value(shell, state, part.argument)
        if isinstance(affix, str) and not re.search(r"[*?\[\\]", affix):
            if operator[0] == "#":
                return known[len(affix) :] if known.startswith(affix) else known
            return known[: len(known) - len(affix)] if known.endswith(affix) else known
    if operator in ("?", ":?") and empty is False:
        return known
    return Unknown("${{{}{}…}}".format(part.text, operator))


def _either(known: Value, empty: Optional[bool], other: "Callable[[], Value]") -> Value:
    if empty is False:
        return known
    given = other()
    if empty:
        return given
    filled = given.filled if isinstance(given, Unknown) else bool(given)
    return Unknown(known.why if isinstance(known, Unknown) else "", filled)
