"""Run documents on one line each, as a fleet's are written: what many runs share is put into JSON once.

Nine tenths of a document are what its checks say of themselves: statements, how a finding is fixed, what is not
examined. The line is that of ``json.dumps`` of :func:`rempart_core.documents.run_document.to_data`.
"""

import json
from typing import Any

from rempart_core.documents.run_document import describe_evidence, describe_result, describe_sentences, to_data
from rempart_core.model.result import Result, Run
from rempart_core.model.unheard import unheard

_KEPT = 20_000  # pieces: documents of agents bring texts of their own, and memory must not grow with the fleet
_WHOLE = 1_000  # results that are kept whole, with what was written of them
_HEAD = ("check", "revision", "title", "area", "severity")
_ADVICE = ("rationale", "remediation", "controls")
_ASKED = ("parameters", "sql")
_SCOPE = ("not_examined", "complete", "defaults")
_encode = json.JSONEncoder(separators=(",", ":")).encode


class LineWriter:
    """Writes runs, one a line."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, ...], tuple[tuple[Any, ...], str]] = {}
        self._whole: dict[int, tuple[Result, str]] = {}

    def write(self, run: Run) -> str:
        """Return the document of a run, without a line feed."""
        if unheard(run) is not None:
            return _encode(to_data(run))
        head = _encode(to_data(run, results=False))
        results = ",".join(map(self._write, run.results))
        return f'{head[:-1]},"results":[{results}]}}'

    def _write(self, result: Result) -> str:
        """Return a result; one that runs share is written once."""
        known = self._whole.get(id(result))
        if known is None:
            if len(self._whole) >= _WHOLE:
                self._whole.clear()
            known = self._whole[id(result)] = result, self._join(result)
        return known[1]

    def _join(self, result: Result) -> str:
        own = {
            "reason": result.reason._asdict(),
            "evidence": result.evidence and describe_evidence(result.evidence),
            "witness": result.witness and describe_evidence(result.witness),
        }
        parts = [
            self._share(result, _HEAD),
            f'"state":"{result.state.value}","reason":{_encode(own["reason"])}',
            self._share(result, _ADVICE),
            f'"evidence":{_encode(own["evidence"])},"witness":{_encode(own["witness"])}',
            f'"incomplete":{_encode(result.incomplete)}',
            '"waiver":null,"expired_waivers":[]'
            if result.waiver is None and not result.expired_waivers
            else _pick(describe_result(result), ("waiver", "expired_waivers")),
            self._share(result, _ASKED),
            f'"seconds":{_encode(result.seconds)},"path":{_encode(result.path)}',
            f'"known":{_encode(result.known)},"failure":{_encode(result.failure)}',
            "" if result.change is None else _pick(describe_result(result), ("change",)),
            self._share(result, _SCOPE),
            "" if result.sentences is None else _pick(describe_sentences(result.sentences), ("sentences",)),
        ]
        return f"{{{','.join(filter(None, parts))}}}"

    def _share(self, result: Result, names: tuple[str, ...]) -> str:
        """Return some keys of a result in a row; results that hold the same objects there share it."""
        values = tuple(getattr(result, name) for name in names)
        key = (len(names), *map(id, values))
        known = self._known.get(key)
        if known is None:  # the objects are kept, so that no other one can have their place in memory
            if len(self._known) >= _KEPT:
                self._known.clear()
            known = self._known[key] = values, _pick(describe_result(result), names)
        return known[1]


def _pick(data: dict[str, Any], names: tuple[str, ...]) -> str:
    return _encode({name: data[name] for name in names if name in data})[1:-1]
