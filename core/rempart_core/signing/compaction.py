"""Run documents without what many of them share.

Nine tenths of a document are the same on every endpoint: titles, rationales, SQL, remediations. Of each result these
keys are taken out as one *part*, named by the SHA-256 of its canonical JSON; the result keeps the name under ``$part``.
Putting them back gives the document to the byte, so that its hash can be checked.
"""

import hashlib
import json
import marshal
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rempart_core.documents import run_document
from rempart_core.json_value import Json, JsonObject
from rempart_core.model.result import Result, Run
from rempart_core.model.unheard import unheard
from rempart_core.signing.canonical import canonicalise

NAME = "$part"
_KEPT = 20_000  # parts remembered
_WHOLE = 2_000  # results that are remembered with what was written of them
_SAME = 1_000  # the same, by the objects that they are made of
_LARGEST = 16_000  # bytes of the largest of these
_SECONDS = Result._fields.index("seconds")
_SHORT = 600  # bytes of values that are remembered with what was written of them
SHARED = (
    "area",
    "check",
    "complete",
    "controls",
    "not_examined",
    "parameters",
    "path",
    "rationale",
    "remediation",
    "revision",
    "severity",
    "sql",
    "title",
)


class Compact(NamedTuple):
    """A run document in canonical form, and the same without its parts.

    Attributes:
        whole: All of it.
        slim: Without the parts.
        parts: The parts, by digest.
    """

    whole: bytes
    slim: bytes
    parts: dict[str, bytes]


class _Written(NamedTuple):
    """What is written of a result.

    Attributes:
        whole: All of it.
        slim: Without its part.
        digest: The part's name.
        part: The part.
    """

    whole: bytes
    slim: bytes
    digest: str
    part: bytes


class _Known(NamedTuple):
    """What is written of results that differ in what they took alone.

    Attributes:
        result: One of them; kept, so that no other object has the place of one of its own.
        whole: All of it, before and behind the seconds.
        slim: The same without its part.
        digest: The part's name.
        part: The part.
    """

    result: Result
    whole: tuple[bytes, bytes]
    slim: tuple[bytes, bytes]
    digest: str
    part: bytes


class Compactor:
    """Writes documents, and remembers parts: the next endpoint has most of them, too."""

    def __init__(self) -> None:
        self._known: dict[bytes, tuple[str, bytes, dict[str, bytes]]] = {}
        self._pieces: dict[tuple[str, bytes], bytes] = {}
        self._results: dict[tuple[object, ...], _Known] = {}
        self._same: dict[tuple[int, ...], tuple[Result, _Known]] = {}

    def write(self, data: JsonObject) -> Compact:
        """Return a run document in canonical form: what :func:`canonicalise` says, each value written once.

        Raises:
            ValueError: Half a surrogate pair stands in a text; its results are no list of objects.
        """
        return self._put(data, [self._write(result) for result in _results(data)])

    def write_run(self, run: Run) -> Compact:
        """Return the same of a run: a result that an earlier run had too is not written again.

        Raises:
            ValueError: Half a surrogate pair stands in a text; a number of the run is infinite or none.
        """
        if unheard(run) is not None:
            return self.write(run_document.to_data(run))
        return self._put(run_document.to_data(run, results=False), [self._recall(result) for result in run.results])

    def _put(self, data: JsonObject, results: Sequence[_Written]) -> Compact:
        rest = {name: self._piece(name, value) for name, value in data.items() if name != "results"}
        whole = b'"results":[' + b",".join([one.whole for one in results]) + b"]"
        slim = b'"results":[' + b",".join([one.slim for one in results]) + b"]"
        parts = {one.digest: one.part for one in results}
        return Compact(_object({**rest, "results": whole}), _object({**rest, "results": slim}), parts)

    def _recall(self, result: Result) -> _Written:
        """Return what is written of a result; what is made of the same objects, or says the same, is known already."""
        ids = list(map(id, result))
        del ids[_SECONDS]
        same = tuple(ids)
        found = self._same.get(same)
        known = found[1] if found else self._find_alike(result) or self._know(result)
        if found is None and len(known.whole[0]) + len(known.whole[1]) <= _LARGEST:
            if len(self._same) >= _SAME:
                del self._same[next(iter(self._same))]
            self._same[same] = result, known  # kept with it: see _Known
        took = b'"seconds":' + _write_seconds(result.seconds)
        return _Written(took.join(known.whole), took.join(known.slim), known.digest, known.part)

    def _find_alike(self, result: Result) -> _Known | None:
        """Return what is known of one without evidence. Objects that results share are known by themselves."""
        if result.evidence or result.witness or result.waiver or result.expired_waivers or result.change:
            return None
        shared = (result.title, result.rationale, result.remediation, result.controls)
        key = (
            *map(id, (*shared, result.not_examined, result.complete)),
            *(result.check, result.revision, result.area, result.severity, result.state, result.reason),
            *(result.incomplete, result.path, result.known, result.failure),
            *(tuple(result.sql.items()), repr((result.parameters, result.defaults, result.sentences))),
        )
        known = self._results.get(key)
        if known is None:
            if len(self._results) >= _WHOLE:
                self._results.clear()
            known = self._results[key] = self._know(result)
        return known

    def _know(self, result: Result) -> _Known:
        data = run_document.describe_result(result)
        digest, part, shared = self._find(data)
        own = {name: self._piece(name, value) for name, value in data.items() if name not in shared}
        own["seconds"] = b""
        slim = {NAME: self._piece(NAME, digest), **own}
        return _Known(result, _cut({**shared, **own}), _cut(slim), digest, part)

    def _write(self, result: JsonObject) -> _Written:
        digest, part, shared = self._find(result)
        own = {name: self._piece(name, value) for name, value in result.items() if name not in shared}
        whole, slim = _object({**shared, **own}), _object({NAME: self._piece(NAME, digest), **own})
        return _Written(whole, slim, digest, part)

    def _find(self, result: JsonObject) -> tuple[str, bytes, dict[str, bytes]]:
        """Return a result's part: its digest, its text, and its pieces by key."""
        shared = [(name, result[name]) for name in SHARED if name in result]
        key = marshal.dumps(shared, 2)  # of this version, equal values give equal bytes
        found = self._known.get(key)
        if found is None:
            pieces = {name: self._piece(name, value) for name, value in shared}
            part = _object(pieces)
            found = hashlib.sha256(part).hexdigest(), part, pieces
            if len(self._known) >= _KEPT:
                self._known.clear()
            self._known[key] = found
        return found

    def _piece(self, name: str, value: Json) -> bytes:
        """Return a key with its value; of most results both are those of many others."""
        key = name, marshal.dumps(value, 2)  # type: ignore[arg-type]  # JSON is what it takes
        found = self._pieces.get(key)
        if found is None:
            found = b'"%b":%b' % (name.encode(), canonicalise(value))
            if len(key[1]) <= _SHORT:
                if len(self._pieces) >= _KEPT:
                    self._pieces.clear()
                self._pieces[key] = found
        return found


def _cut(pieces: dict[str, bytes]) -> tuple[bytes, bytes]:
    """Return an object before and behind its seconds, which have others on both sides."""
    names = sorted(pieces)
    place = names.index("seconds")
    before, behind = (b",".join([pieces[name] for name in some]) for some in (names[:place], names[place + 1 :]))
    return b"{" + before + b",", b"," + behind + b"}"


def _write_seconds(seconds: float) -> bytes:
    """Return what a result took as canonical JSON: between these bounds Python writes fractions as ECMAScript does."""
    if seconds == 0:
        return b"0"
    if type(seconds) is float and 1e-4 <= seconds < 1e15 and not seconds.is_integer():
        return repr(seconds).encode()
    return canonicalise(seconds)


def _object(pieces: dict[str, bytes]) -> bytes:
    return b"{" + b",".join(pieces[name] for name in sorted(pieces)) + b"}"


def _results(data: JsonObject) -> list[dict[str, Json]]:
    """Return the results of a run document.

    Raises:
        ValueError: They are no list of objects.
    """
    results = data.get("results")
    if not isinstance(results, list) or not all(isinstance(result, dict) for result in results):
        raise ValueError("no results")
    return results


def join(slim: JsonObject, parts: Mapping[str, bytes]) -> dict[str, Json]:
    """Return the whole document.

    Args:
        slim: The document without its parts.
        parts: The parts, canonical JSON, by digest.

    Raises:
        KeyError: A part is missing.
        ValueError: This is no document that was split.
    """
    whole = []
    for result in _results(slim):
        rest = dict(result)
        part = parts[str(rest.pop(NAME))]
        whole.append({**json.loads(part), **rest})
    return {**slim, "results": whole}


def names(slim: bytes) -> list[str]:
    """Return the names of the parts that a document needs, in their order; its errors are those of :func:`names_of`."""
    return names_of(json.loads(slim))


def names_of(slim: JsonObject) -> list[str]:
    """Return the names of the parts that a document needs, in their order.

    Raises:
        KeyError: A result names no part.
        ValueError: This is no document that was split.
    """
    return list(dict.fromkeys(str(result[NAME]) for result in _results(slim)))
