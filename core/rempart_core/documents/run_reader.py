"""Run documents of many machines, of which most results are those of others: what is written alike is read once.

A document in the form of :func:`run_document.write` is cut at the lines at which a result ends: no text in JSON holds a
line feed, so such a line is one of the document's own. A result is known by its bytes but for the seconds that it took.
What is not in that form, or is not right, is read as any document is, and so are its errors.
"""

import re
import secrets
import threading
from typing import Any

from rempart_core.documents import run_document
from rempart_core.documents.json_text import holds_surrogate, load
from rempart_core.documents.record import Record
from rempart_core.error import DocumentError
from rempart_core.model.result import Result, Run

_BEGINS = b'\n "results": [\n  {\n'
_ENDS = b"\n  }\n ]"
_BETWEEN = b"\n  },\n  {\n"
_SECONDS = b'\n   "seconds": '
_NUMBER = re.compile(rb"-?(?:0|[1-9][0-9]{0,20})(?:\.[0-9]{1,30})?(?:[eE][+-]?[0-9]{1,3})?")
_PLACE = 617_283_950_617_283
"""Stands for the seconds while a result is read: so it is seen that these are its own, and not a part's."""
_LONGEST = 10**9  # seconds, as a document may have them
_KEPT = 3 << 20  # bytes of results that are remembered
_LARGEST = 16 << 10  # of one


class RunReader:
    """Reads documents, and remembers results."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._mark = secrets.token_hex(16)
        """Stands for the results while the rest is read: nobody can write it anywhere else."""
        self._known: dict[tuple[bytes, bytes], Result] = {}
        self._held = 0
        self._lock = threading.Lock()

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
        if len(document) > run_document.SIZE_LIMIT or holds_surrogate(document):
            return None
        head, begun, rest = document.partition(_BEGINS)
        body, ended, tail = rest.rpartition(_ENDS)
        if not begun or not ended:
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
        before, _, rest = piece.partition(_SECONDS)
        number, _, behind = rest.partition(b",\n")
        if not _NUMBER.fullmatch(number) or not behind:
            return None
        seconds = float(number)
        if not -_LONGEST < seconds < _LONGEST:
            return None
        known = self._known.get((before, behind))
        if known is None:
            place = b"%d" % _PLACE
            if place in before or place in behind:
                return None
            data: dict[str, Any] = load(b"{%b%b%b,\n%b}" % (before, _SECONDS, place, behind))
            seen = data.get("seconds")
            if type(seen) is not int or seen != _PLACE:
                return None
            known = run_document.read_result(Record({**data, "seconds": 0.0}, "results"))
            self._keep(before, behind, known)
        return known._replace(seconds=seconds)

    def _keep(self, before: bytes, behind: bytes, result: Result) -> None:
        size = len(before) + len(behind)
        if size > _LARGEST:
            return
        with self._lock:
            if (before, behind) not in self._known:
                self._known[before, behind] = result
                self._held += size
            while self._held > _KEPT:
                oldest = next(iter(self._known))
                del self._known[oldest]
                self._held -= sum(map(len, oldest))
