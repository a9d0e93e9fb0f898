"""JSON lines: one object for each result, with its evidence, for a search engine, a data lake or ``jq``.

Each line stands alone: whom it is about, what was asked and found. What is the same for all (rationale, remediation,
the statements) is left to the run document. Source: jsonlines.org; RFC 8259.
"""

from collections.abc import Sequence

from rempart_core.json_value import Json
from rempart_core.model.result import Evidence, Run
from rempart_core.text import quiet_json
from rempart_reports.formats import contract
from rempart_reports.formats.contract import Place
from rempart_reports.views.result_row import flatten

SCHEMA = "rempart.result/1"


class Report(contract.Report):
    """See contract.Report."""

    def fragment(self, run: Run, place: Place) -> Sequence[str]:
        """See contract.Report.fragment."""
        import json

        del place
        encode = json.JSONEncoder(separators=(",", ":")).encode
        lines = []
        for record, result in flatten(run, self.options):
            line: dict[str, Json] = {"schema": SCHEMA, **record}
            if result is not None:
                line["known"] = result.known
                line["incomplete"] = result.incomplete
                line["seconds"] = result.seconds
                line["parameters"] = result.parameters
                line["evidence"] = _list_rows(result.evidence)
                line["witness"] = _list_rows(result.witness)
            lines.append(quiet_json(encode(line)) + "\n")
        return ["".join(lines)]


def _list_rows(evidence: Evidence | None) -> list[dict[str, str]]:
    return evidence.rows if evidence else []
