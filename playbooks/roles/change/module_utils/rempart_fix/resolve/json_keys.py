"""Specs about keys of a file in JSON: pure functions of its lines and the spec to its lines as declared."""

import json
import re
from typing import Any, Dict, List, Mapping

from ..contract import Refusal
from ..texts import split


def apply_json(lines: List[str], spec: Mapping[str, Any]) -> List[str]:
    """Return the lines as declared: ``{path, merge}``; maps are merged, other values replaced.

    A file that says it all already stays as it is written.

    Raises:
        Refusal: It is no map in JSON.
    """
    text = "".join(lines)
    path = spec["path"]
    try:
        old = json.loads(text) if text.strip() else {}
    except ValueError as error:
        raise Refusal(f"{path} is no JSON: {error}", f"{path} n’est pas du JSON\u00a0: {error}") from error
    if not isinstance(old, dict):
        raise Refusal(f"{path} holds no map", f"{path} ne contient pas d’objet")
    new = merge(old, spec["merge"])
    if text.strip() and new == old:
        return lines
    return split((json.dumps(new, indent=_indent(text), ensure_ascii=False) + "\n").encode("utf-8", "surrogateescape"))


def merge(old: Mapping[str, Any], wanted: Mapping[str, Any]) -> Dict[str, Any]:
    """Return a map with what is wanted in it."""
    new = dict(old)
    for name, value in wanted.items():
        now = new.get(name)
        new[name] = merge(now, value) if isinstance(now, dict) and isinstance(value, dict) else value
    return new


def _indent(text: str) -> int:
    """Return how deep the file indents its first level."""
    found = re.search(r"(?m)^( +)\S", text)
    return len(found.group(1)) if found else 2
