"""A document as PDF: tagged, with its language, and the same bytes for the same text; nothing is ever fetched.

The only module that imports WeasyPrint.
"""

import hashlib
import logging
from typing import Any, NoReturn

from rempart_core.error import ReportError, UsageError
from rempart_core.messages.message import Message
from rempart_reports.formats.html.print_page import lay_out_print
from rempart_reports.views.document import Document
from rempart_reports.writing.binary_file import write_binary

VARIANT = "pdf/ua-1"
"""ISO 14289-1: what a screen reader needs."""


def expect_printer() -> None:
    """Look whether PDF can be written here, before anything is read.

    Raises:
        UsageError: The extra, or the library Pango, is not installed.
    """
    _load()


def _load() -> Any:
    try:
        import weasyprint
    except (ImportError, OSError) as error:  # OSError: the package is there, and libpango is not
        raise UsageError(Message("report.no_printer")) from error
    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)  # of our own style sheet nothing is to be said
    return weasyprint


def write_pdf(path: str, document: Document, language: str) -> None:
    """Write a document to a file; see ``write_binary``.

    Args:
        path: The file; ``-`` is standard output.
        document: What it says.
        language: ``en`` or ``fr``, that of the document.

    Raises:
        UsageError: The extra, or the library Pango, is not installed.
        ReportError: It could not be written.
    """
    text = "".join(lay_out_print(document, language))
    printer = _load()

    class Nothing(printer.urls.URLFetcher):  # type: ignore[name-defined,misc]
        """Fetches nothing, whatever a page may name."""

        def fetch(self, url: str, headers: object = None) -> NoReturn:
            """See URLFetcher.fetch."""
            raise ReportError(Message("report.no_fetching", url=url[:80]))

    page = printer.HTML(string=text, url_fetcher=Nothing())
    identifier = hashlib.sha256(text.encode("utf-8", "replace")).digest()[:16]
    write_binary(path, lambda beside: page.write_pdf(beside, pdf_variant=VARIANT, pdf_identifier=identifier))
