"""The run document: one run as it is, those of a fleet as one document a line."""

from collections.abc import Sequence

from rempart_core.model.result import Run
from rempart_core.text import quiet_json
from rempart_reports.formats import contract
from rempart_reports.formats.contract import Place


class Report(contract.Report):
    """See contract.Report.

    One run becomes the document that :func:`rempart_core.documents.run_document.read` reads. Of a fleet each is one
    line (JSON Lines), so that neither we nor a reader need hold them all; that it may have one host changes nothing
    for a reader.
    """

    def fragment(self, run: Run, place: Place) -> Sequence[str]:
        """See contract.Report.fragment."""
        from rempart_core.documents import run_document

        del place
        if self.alone is not None:
            return [quiet_json(run_document.write(run).rstrip("\n")) + "\n"]
        import json

        return [quiet_json(json.dumps(run_document.to_data(run), separators=(",", ":"))) + "\n"]
