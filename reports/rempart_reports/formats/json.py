"""The run document: one run as it is, those of a fleet as one document a line."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rempart_core.model.result import Run, TargetIdentity
from rempart_core.text import quiet_json
from rempart_reports.formats import contract
from rempart_reports.formats.contract import Place
from rempart_reports.views.options import Options

if TYPE_CHECKING:  # of a fleet's report alone
    from rempart_core.documents.run_line import LineWriter


class Report(contract.Report):
    """See contract.Report.

    One run becomes the document that :func:`rempart_core.documents.run_document.read` reads. Of a fleet each is one
    line (JSON Lines), so that neither we nor a reader need hold them all; that it may have one host changes nothing
    for a reader.
    """

    def __init__(self, options: Options, alone: TargetIdentity | None = None) -> None:
        """See contract.Report."""
        super().__init__(options, alone)
        self._lines: LineWriter | None = None

    def fragment(self, run: Run, place: Place) -> Sequence[str]:
        """See contract.Report.fragment."""
        from rempart_core.documents import run_document

        del place
        if self.alone is not None:
            return [quiet_json(run_document.write(run).rstrip("\n")) + "\n"]
        from rempart_core.documents.run_line import LineWriter

        if self._lines is None:
            self._lines = LineWriter()
        return [quiet_json(self._lines.write(run)) + "\n"]
