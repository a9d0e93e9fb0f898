"""Names of units: src/basic/unit-name.c of systemd."""

import functools
import re
from typing import Dict, Optional, Tuple

from rempart_agent.said import SaidError

TYPES = ("service", "socket", "target", "device", "mount", "automount", "swap", "timer", "path", "slice", "scope")
MAY_ALIAS = ("service", "socket", "target", "device", "timer", "path")
MAY_TEMPLATE = ("service", "socket", "target", "timer", "path")
PLAIN, INSTANCE, TEMPLATE = "plain", "instance", "template"

_NAME = re.compile(r"[A-Za-z0-9:_.\\-][A-Za-z0-9:_.\\@-]*\Z")
_INSTANCE = re.compile(r"[A-Za-z0-9:_.\\@-]+\Z")
_LONGEST = 255


@functools.lru_cache(maxsize=4096)
def kind(name: str) -> str:
    """Return what a name is: ``plain``, ``instance``, ``template``, or ``""`` where it is no unit's."""
    stem, _, suffix = name.rpartition(".")
    if suffix not in TYPES or not stem or len(name) > _LONGEST or not _NAME.match(stem):
        return ""
    at = stem.find("@")
    if at < 0:
        return PLAIN
    return INSTANCE if at < len(stem) - 1 else TEMPLATE


def suffix(name: str) -> str:
    """Return the type of a unit, which is the end of its name."""
    return name.rpartition(".")[2]


def parts(name: str) -> Tuple[str, str]:
    """Return the prefix and the instance of a name, both without the type; the instance is ``""`` where it has none."""
    prefix, _, instance = name.rpartition(".")[0].partition("@")
    return prefix, instance


def template(name: str) -> str:
    """Return the template of an instance, or ``""`` for another name."""
    return "{}@.{}".format(parts(name)[0], suffix(name)) if kind(name) == INSTANCE else ""


def with_instance(name: str, instance: str) -> str:
    """Return a template's or an instance's name with another instance, or ``""`` where that is no name.

    Args:
        name: As ``getty@.service``.
        instance: What stands behind the ``@``.
    """
    if kind(name) not in (INSTANCE, TEMPLATE) or not is_instance(instance):
        return ""
    found = "{}@{}.{}".format(parts(name)[0], instance, suffix(name))
    return found if kind(found) == INSTANCE else ""


def is_instance(text: str) -> bool:
    """Tell whether a text may be an instance."""
    return bool(_INSTANCE.match(text))


def base(path: str) -> str:
    """Return the last part of a path."""
    return path.rstrip("/").rpartition("/")[2]


def alias_is_valid(name: str, to: str) -> bool:
    """Tell whether a link called ``name`` may stand for the unit ``to`` (unit_validate_alias_symlink_or_warn)."""
    own, other = kind(name), kind(to)
    if not own or suffix(name) not in MAY_ALIAS or (own != PLAIN and suffix(name) not in MAY_TEMPLATE):
        return False
    if name == to or not other or suffix(name) != suffix(to):
        return False
    if own != other and (own, other) != (INSTANCE, TEMPLATE):
        return False
    return other != INSTANCE or parts(name)[1] == parts(to)[1]


class Wrong(SaidError, ValueError):
    """It has a specifier that there is not."""


class Unresolved(SaidError, ValueError):
    """A specifier that only a running system, or nobody, can resolve."""


_ELSEWHERE = "aAbBHlqmMovwWgGuU"
_UNIT_ELSEWHERE = _ELSEWHERE + "CdDEhLSstTVyYfrRcIJP"


def expand(text: str, name: str, install: bool = False) -> str:
    """Return a text with the specifiers that stand for parts of the unit's name replaced (systemd.unit(5)).

    ``name`` may hold several names of one unit, separated by blanks: systemd uses the one that it is asked for first.

    Args:
        text: The text.
        name: The unit's.
        install: Whether it stands in ``[Install]``.

    Raises:
        Unresolved: it has one that stands for something of the running system, or for another text under each name.
        ValueError: it has one that there is not.
    """
    if "%" not in text:
        return text
    if " " in name:
        found = {expand(text, one, install) for one in name.split(" ")}
        if len(found) > 1:
            raise Unresolved("the names of the unit")
        return found.pop()
    prefix, instance = parts(name)
    stem = name.rpartition(".")[0]
    known: Dict[str, Optional[str]] = {"n": name, "N": stem, "p": prefix, "i": instance, "%": "%"}
    known["j"] = prefix.rpartition("-")[2]
    if not install:
        known["I"], known["P"], known["J"] = (_unescape(part) for part in (instance, prefix, known["j"] or ""))

    def replace(match: "re.Match[str]") -> str:
        letter = match.group(1)
        value = known.get(letter)
        if value is not None:
            return value
        if letter in (_ELSEWHERE if install else _UNIT_ELSEWHERE):
            raise Unresolved("the specifier %{letter}", letter=letter)
        if letter.isascii() and letter.isalnum():
            raise Wrong("no such specifier: %{letter}", letter=letter)
        return match.group(0)

    return re.sub("%(.)", replace, text, flags=re.DOTALL)


def _unescape(text: str) -> Optional[str]:
    r"""Return a part of a name with ``-`` for ``/`` and ``\xNN`` taken back (unit_name_unescape)."""
    found = re.sub(r"\\(x[0-9a-fA-F]{2})?|-", lambda m: "/" if m.group() == "-" else _character(m.group(1)), text)
    return None if "\0" in found else found


def _character(code: Optional[str]) -> str:
    return chr(int(code[1:], 16)) if code else "\0"
