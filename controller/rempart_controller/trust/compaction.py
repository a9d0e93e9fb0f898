"""Run documents without what many of them share.

Nine tenths of a document are the same on every endpoint: titles, rationales, SQL, remediations. Of each result these
keys are taken out as one *part*, named by the SHA-256 of its canonical JSON; the result keeps the name under ``$part``.
Putting them back gives the document to the byte, so that its hash can be checked.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from rempart_controller.trust.canonical import canonicalise

NAME = "$part"
SHARED = (
    "area",
    "check",
    "controls",
    "parameters",
    "path",
    "rationale",
    "remediation",
    "revision",
    "severity",
    "sql",
    "title",
)


def split(data: dict[str, Any]) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return a run document without its parts, and the parts by digest."""
    parts: dict[str, bytes] = {}
    results = []
    for result in data["results"]:
        part = canonicalise({name: result[name] for name in SHARED})
        digest = hashlib.sha256(part).hexdigest()
        parts[digest] = part
        results.append({NAME: digest, **{name: value for name, value in result.items() if name not in SHARED}})
    return {**data, "results": results}, parts


def join(slim: dict[str, Any], parts: Mapping[str, bytes]) -> dict[str, Any]:
    """Return the whole document.

    Raises:
        KeyError: A part is missing.
        ValueError: This is no document that was split.
    """
    results = slim.get("results")
    if not isinstance(results, list) or not all(isinstance(result, dict) for result in results):
        raise ValueError("no results")
    whole = []
    for result in results:
        rest = dict(result)
        part = parts[rest.pop(NAME)]
        whole.append({**json.loads(part), **rest})
    return {**slim, "results": whole}


def names(slim: bytes) -> list[str]:
    """Return the names of the parts that a document needs, in their order."""
    return list(dict.fromkeys(result[NAME] for result in json.loads(slim)["results"]))
