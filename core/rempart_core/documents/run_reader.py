"""Run documents of many machines, of which most results are those of others: what is written alike is read once.

A document in the form of :func:`run_document.write` is cut at the lines at which a result ends: no text in JSON holds a
line feed, so such a line is one of the document's own. A result is known by its bytes but for the seconds that it took
and its evidence, which is the machine's own more often than all else, and is known by its bytes as well.
What is not in that form, or is not right, is read as any document is, and so are its errors.
"""

import re
import secrets
import threading
from typing import Any, Generic, TypeVar

from rempart_core.documents import run_document
from rempart_core.documents.json_text import holds_surrogate, load
from rempart_core.documents.record import Record
from rempart_core.error import DocumentError
from rempart_core.model.result import Evidence, Result, Run

K = TypeVar("K")
V = TypeVar("V")
_BEGINS = b'\n "results": [\n  {\n'
_ENDS = b"\n  }\n ]"
_BETWEEN = b"\n  },\n  {\n"
_SECONDS = b'\n   "seconds": '
_EVIDENCE = b'\n   "evidence": '
_NEXT = b',\n   "'
_NUMBER = re.compile(rb"-?(?:0|[1-9][0-9]{0,20})(?:\.[0-9]{1,30})?(?:[eE][+-]?[0-9]{1,3})?")
_PLACE = 617_283_950_617_283
"""Stands for the seconds while a result is read: so it is seen that these are its own, and not a part's."""
_LONGEST = 10**9  # seconds, as a document may have them
_KEPT = 3 << 20  # bytes of results, and of evidence, that are remembered
_LARGEST = 64 << 10  # of one result: with the parameters of its check, which all machines share
_LARGEST_EVIDENCE = 16 << 10


class RunReader:
    """Reads documents, and remembers results."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._mark = secrets.token_hex(16)
        """Stands for what is cut out while the rest is read: nobody can write it anywhere else."""
        self._hole = b'"%b"' % self._mark.encode()
        self._results: _Known[tuple[bytes, bytes], Result] = _Known()
        self._evidence: _Known[bytes, Evidence | None] = _Known()

    def read(self, document: bytes) -> Run:
        """Read a document as :func:`run_document.read` does; results may be objects of earlier runs.

        Args:
            document: The document.

        Raises:
            DocumentError: It is none, is damaged, or has another schema.
        """
        try:
            run = self._read(document)
        except (DocumentError, ValueError, RecursionError):
            run = None  # what is wrong is said by whoever reads it whole
        return run_document.read(document) if run is None else run

    def _read(self, document: bytes) -> Run | None:
        """Return the run of a document in the usual form; None of another one."""
        if len(document) > run_document.SIZE_LIMIT:
            return None
        head, begun, rest = document.partition(_BEGINS)
        body, ended, tail = rest.rpartition(_ENDS)
        if not begun or not ended or holds_surrogate(head) or holds_surrogate(tail):
            return None
        data = load(b'%b\n "results": ["%b"]%b' % (head, self._mark.encode(), tail))
        if data.get("schema") != run_document.SCHEMA or data.get("results") != [self._mark]:
            return None
        results = [self._take(piece) for piece in body.split(_BETWEEN)]
        whole = [one for one in results if one is not None]
        if len(whole) != len(results):
            return None
        run = run_document.read_run_of({**data, "results": []})
        run = run._replace(results=[*whole, *run.results])
        run_document.expect_consistent(run, data)
        return run

    def _take(self, piece: bytes) -> Result | None:
        """Return the result of a piece, without the braces around it; None where it is not in the usual form."""
        begins = piece.find(_EVIDENCE)
        evidence: Evidence | None = None
        if begins >= 0:
            begins += len(_EVIDENCE)
            ends = piece.find(_NEXT, begins)
            if ends < 0:
                return None
            evidence = self._read_evidence(piece[begins:ends])
            piece = b"%b%b%b" % (piece[:begins], self._hole, piece[ends:])
        before, _, rest = piece.partition(_SECONDS)
        number, _, behind = rest.partition(b",\n")
        if not _NUMBER.fullmatch(number) or not behind:
            return None
        seconds = float(number)
        if not -_LONGEST < seconds < _LONGEST:
            return None
        known = self._results.get((before, behind))
        if known is None:
            known = self._read_result(before, behind, cut=begins >= 0)
            if known is None:
                return None
            size = len(before) + len(behind)
            if size <= _LARGEST:
                self._results.keep((before, behind), known, size)
        return known._replace(seconds=seconds, evidence=evidence)

    def _read_result(self, before: bytes, behind: bytes, *, cut: bool) -> Result | None:
        """Return a result without its evidence, before and behind its seconds; None where these are not its own."""
        place = b"%d" % _PLACE
        if place in before or place in behind or holds_surrogate(before) or holds_surrogate(behind):
            return None
        data: dict[str, Any] = load(b"{%b%b%b,\n%b}" % (before, _SECONDS, place, behind))
        seen = data.get("seconds")
        if type(seen) is not int or seen != _PLACE:
            return None
        if data.get("evidence") != (self._mark if cut else None):
            return None
        return run_document.read_result(Record({**data, "seconds": 0.0, "evidence": None}, "results"))

    def _read_evidence(self, piece: bytes) -> Evidence | None:
        """Return the evidence of a piece that holds nothing else."""
        found = self._evidence.get(piece)
        if found is None and piece != b"null":
            if holds_surrogate(piece):
                raise ValueError(piece)
            found = run_document.read_evidence(Record(load(piece), "evidence"))
            if len(piece) <= _LARGEST_EVIDENCE:
                self._evidence.keep(piece, found, len(piece))
        return found


class _Known(Generic[K, V]):
    """What was read before; of all that is remembered the oldest goes first."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._known: dict[K, tuple[V, int]] = {}
        self._held = 0
        self._lock = threading.Lock()

    def get(self, key: K) -> V | None:
        """Return what was read of a text; None where it is not remembered."""
        found = self._known.get(key)
        return None if found is None else found[0]

    def keep(self, key: K, value: V, size: int) -> None:
        """Remember it.

        Args:
            key: The text.
            value: What was read of it.
            size: Bytes of the text.
        """
        with self._lock:
            if key not in self._known:
                self._known[key] = value, size
                self._held += size
            while self._held > _KEPT:
                self._held -= self._known.pop(next(iter(self._known)))[1]
