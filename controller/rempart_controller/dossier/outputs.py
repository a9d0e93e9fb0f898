"""The outputs of a report by their option: what each needs, and how each is written."""

from rempart_controller.dossier.request import ReportRequest
from rempart_reports.views.dossier.model import Dossier, Moment
from rempart_reports.views.dossier.page import document_of

FILES = ("pdf", "html")
FOLDERS: tuple[str, ...] = ()


def expect_libraries(request: ReportRequest) -> None:
    """Look for what the wanted formats need, before anything is read.

    Raises:
        UsageError: Something is not installed.
    """
    if "pdf" in request.files:
        from rempart_reports.formats.pdf import expect_printer

        expect_printer()


def write_outputs(request: ReportRequest, dossier: Dossier, moment: Moment) -> list[str]:
    """Write every output that is asked for, and return the places, in that order.

    Args:
        request: What is asked for.
        dossier: The numbers.
        moment: The answers that they come from.

    Raises:
        ReportError: One could not be written.
    """
    written = []
    if request.files.keys() & {"pdf", "html"}:
        document = document_of(dossier, request.language)
        if html := request.files.get("html"):
            from rempart_reports.formats.html.document import write_document

            write_document(html, document, request.language)
            written.append(html)
        if pdf := request.files.get("pdf"):
            from rempart_reports.formats.pdf import write_pdf

            write_pdf(pdf, document, request.language)
            written.append(pdf)
    return written
