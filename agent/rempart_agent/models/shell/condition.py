"""What test, ``[`` and ``[[`` say: yes, no, or None where that is not known."""

import re
from typing import TYPE_CHECKING, List, Optional, Tuple

from rempart_agent.models.shell import expand
from rempart_agent.models.shell.nodes import Word, literal
from rempart_agent.models.shell.state import State, Unknown, Value
from rempart_agent.models.sudo import pattern

if TYPE_CHECKING:
    from rempart_agent.models.shell.execute import Shell

Answer = Optional[bool]


def both(one: Answer, other: Answer) -> Answer:
    """Return whether both hold.

    Args:
        one: True, False, or None where that is not known.
        other: The same.
    """
    return False if False in (one, other) else None if None in (one, other) else True


def either(one: Answer, other: Answer) -> Answer:
    """Return whether one of two holds.

    Args:
        one: True, False, or None where that is not known.
        other: The same.
    """
    return True if True in (one, other) else None if None in (one, other) else False


def no(one: Answer) -> Answer:
    """Return the contrary."""
    return None if one is None else not one


def test(shell: "Shell", state: State, words: List[Value]) -> Answer:
    """Return what the arguments of test mean.

    Args:
        shell: The shell.
        state: The state.
        words: Its arguments.
    """
    if not words:
        return False
    if len(words) == 1:
        return _filled(words[0])
    if words[0] == "!" and len(words) in (2, 3, 4):
        return no(test(shell, state, words[1:]))
    if len(words) == 2:
        return _unary(shell, state, words[0], words[1])
    if len(words) == 3:
        return _binary(words[0], words[1], words[2])
    for operator, join in (("-o", either), ("-a", both)):
        if operator in words[1:-1]:
            at = words.index(operator)
            return join(test(shell, state, words[:at]), test(shell, state, words[at + 1 :]))
    return None


def _filled(value: Value) -> Answer:
    if isinstance(value, Unknown):
        return True if value.filled else None
    return bool(value)


def _unary(shell: "Shell", state: State, operator: Value, value: Value) -> Answer:
    if operator == "-n":
        return _filled(value)
    if operator == "-z":
        return no(_filled(value))
    if operator == "-v" and isinstance(value, str):
        known = state.get(value)
        return None if isinstance(known, Unknown) and not known.filled else known is not None
    if not isinstance(operator, str) or not isinstance(value, str):
        return None
    if operator in ("-e", "-f", "-d", "-r", "-x", "-s", "-w", "-L", "-h", "-a"):
        kind = shell.world.kind(value) if value.startswith("/") else "?" if value else None
        if kind is None:
            return None if operator in ("-L", "-h") else False
        if kind == "?":
            return None
        if operator in ("-e", "-a"):
            return True
        if operator in ("-f", "-d"):
            return kind == {"-f": "file", "-d": "directory"}[operator]
        if operator == "-r":
            return True if shell.world.readable(value) else None
    return None


def _binary(left: Value, operator: Value, right: Value) -> Answer:
    if operator in ("=", "==", "!="):
        if isinstance(left, Unknown) or isinstance(right, Unknown):
            empty = "" in (left, right) and any(isinstance(v, Unknown) and v.filled for v in (left, right))
            return (operator == "!=") if empty else None
        return ((left or "") == (right or "")) == (operator != "!=")
    if operator in ("-eq", "-ne", "-lt", "-le", "-gt", "-ge"):
        if isinstance(left, Unknown) or isinstance(right, Unknown):
            return None
        numbers = [int(v) for v in (left or "", right or "") if re.fullmatch(r"\s*[-+]?[0-9]{1,18}\s*", v)]
        if len(numbers) != 2:
            return False  # "integer expression expected"
        one, two = numbers
        return {"-eq": one == two, "-ne": one != two, "-lt": one < two, "-le": one <= two, "-gt": one > two,
                "-ge": one >= two}[str(operator)]  # fmt: skip
    if operator == "-a":
        return both(_filled(left), _filled(right))
    if operator == "-o":
        return either(_filled(left), _filled(right))
    return None


def double(shell: "Shell", state: State, words: Tuple[Word, ...]) -> Answer:
    """Return what ``[[ … ]]`` says.

    Args:
        shell: The shell.
        state: The state.
        words: What stands between the brackets.
    """
    return _any(shell, state, list(words))


def _any(shell: "Shell", state: State, words: List[Word]) -> Answer:
    plain = [literal(word) if word and not word[0].quoted else None for word in words]
    if "(" in plain or ")" in plain:
        return None
    for operator, join in (("||", either), ("&&", both)):
        if operator in plain:
            at = plain.index(operator)
            return join(_any(shell, state, words[:at]), _any(shell, state, words[at + 1 :]))
    if plain[:1] == ["!"]:
        return no(_any(shell, state, words[1:]))
    values = [expand.value(shell, state, word) for word in words]
    if len(words) == 3 and values[1] in ("=", "==", "!="):
        said = fits(shell, state, words[0], words[2])
        return said if values[1] != "!=" else no(said)
    if len(words) == 3 and values[1] in ("-eq", "-ne", "-lt", "-le", "-gt", "-ge"):
        known = all(isinstance(v, str) and re.fullmatch(r"[0-9]+", v) for v in (values[0], values[2]))
        return _binary(values[0], values[1], values[2]) if known else None  # arithmetic, else
    return test(shell, state, values) if len(words) in (1, 2) else None


def _plain(text: str) -> str:
    return re.sub(r"([*?\[\]\\])", r"\\\1", text)


def fits(shell: "Shell", state: State, word: Word, wanted: Word) -> Answer:
    """Tell whether a word fits a pattern, as in ``case``.

    Args:
        shell: The shell.
        state: The state.
        word: The word.
        wanted: The pattern.
    """
    text = "".join(re.sub(r"([*?\[\]\\])", r"\\\1", p.text) if p.quoted else p.text for p in wanted if p.kind == "text")
    if all(part.kind == "text" or (part.kind == "variable" and part.quoted) for part in wanted):
        values = [expand.value(shell, state, (part,)) for part in wanted]
        if not all(isinstance(one, str) for one in values):
            return None
        parts = zip(wanted, values)
        text = "".join(_plain(str(one)) if part.quoted else str(one) for part, one in parts)
    elif any(part.kind != "text" for part in wanted):
        known = expand.value(shell, state, wanted)
        if not isinstance(known, str) or re.search(r"[*?\[\\]", known):
            return None
        text = known
    if text == "*":
        return True
    if len(word) == 1 and word[0].kind == "variable" and word[0].text == "-" and not word[0].operator:
        return True if text == "*i*" else None
    value = expand.value(shell, state, word)
    if isinstance(value, Unknown):
        return False if text == "" and value.filled else None
    if re.search(r"[@?*+!]\(|[<(|#^~]", text):
        return None
    try:
        return pattern.matches(text, value or "")
    except pattern.Unknown:
        return None
