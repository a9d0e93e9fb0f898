"""Rules of sudo: what a spec comes to are lines of its files, each text held against visudo before it counts.

Spec: ``{take_rights: {…}}`` or ``{ask_password: {…}}``; see ``resolve/sudoers``.
"""

from typing import Any, Dict, List, Mapping

from ..contract import Act, Refusal
from ..resolve import sudoers
from ..sight import Sight
from ..texts import split
from .line import resolve_by

_MAIN = "/etc/sudoers"
_MOST = 200


def resolve(spec: Mapping[str, Any], sight: Sight) -> List[Act]:
    """See Kind.resolve."""
    texts = read_texts(sight)
    acts: List[Act] = []
    for name, change in (("take_rights", sudoers.take_rights), ("ask_password", sudoers.ask_password)):
        if spec.get(name) is None:
            continue
        for path, text in sorted(change(texts, dict(spec[name], check=spec["check"])).items()):
            texts[path] = text
            acts += resolve_by(_put, {"path": path, "text": text, "validate": "visudo"}, sight)
    return acts


def _put(lines: List[str], spec: Mapping[str, Any]) -> List[str]:
    return split(spec["text"].encode("utf-8", "surrogateescape"))


def read_texts(sight: Sight) -> Dict[str, str]:
    """Return the texts of all files that sudo reads, by path.

    Raises:
        Refusal: There are too many, or they go round in circles.
    """
    texts: Dict[str, str] = {}
    rest = [_MAIN]
    while rest:
        path = rest.pop(0)
        if path.endswith("/"):
            rest += [path + name for name in sight.names(path.rstrip("/")) if sudoers.counts(name)]
            continue
        data = sight.read(path) if path not in texts else None
        if data is None:
            continue
        texts[path] = data.decode("utf-8", "surrogateescape")
        if len(texts) > _MOST:
            raise Refusal("too many files of sudo", "trop de fichiers de sudo")
        rest += sudoers.find_included(path, texts[path])
    return texts
