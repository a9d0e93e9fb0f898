"""The outputs of a report by their option: what each needs, and how each is written."""

import os
from collections.abc import Callable, Sequence

from rempart_controller.dossier.request import ReportRequest
from rempart_core.error import ReportError, UsageError
from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of
from rempart_core.model.trend import ClosedFinding
from rempart_reports.views.dossier.model import Content, Dossier, Moment
from rempart_reports.views.dossier.page import document_of
from rempart_reports.writing.file import bears_mark, write_together
from rempart_reports.writing.output_places import check_outputs

FILES = ("pdf", "html", "xlsx", "soa")
FOLDERS = ("oscal", "ciso_assistant")
RESULTS, PLAN = "assessment-results.json", "poam.json"
_PLAN_MARK = '"plan-of-action-and-milestones"'


def check_places(request: ReportRequest) -> None:
    """Refuse what can't be written, and two outputs of one name, also where one is within the folder of another.

    Raises:
        UsageError: With all mistakes.
    """
    options = {name: f"--{name.replace('_', '-')}" for name in (*FILES, *FOLDERS)}
    files = {options[name]: path for name, path in request.files.items()}
    check_outputs(files, {options[name]: path for name, path in request.folders.items()})
    taken = {os.path.realpath(path): option for option, path in files.items() if path != "-"}
    for name, folder in request.folders.items():
        for one in _names_in(name, request.frameworks):
            place = os.path.realpath(os.path.join(folder, one))
            if place in taken:
                raise UsageError(Message("report.same_place", first=taken[place], second=options[name], place=place))


def _names_in(name: str, frameworks: Sequence[str]) -> Sequence[str]:
    if name == "oscal":
        return (RESULTS, PLAN)
    from rempart_reports.formats.ciso_assistant import list_names

    return list_names(frameworks)


def expect_libraries(request: ReportRequest) -> None:
    """Look for what the wanted formats need, before anything is read.

    Raises:
        UsageError: Something is not installed.
    """
    if "pdf" in request.files:
        from rempart_reports.formats.pdf import expect_printer

        expect_printer()
    if request.files.keys() & {"xlsx", "soa"} or "ciso_assistant" in request.folders:
        from rempart_reports.formats.xlsx import expect_sheets

        expect_sheets()


def write_outputs(
    request: ReportRequest,
    dossier: Dossier,
    moment: Moment,
    list_closed: Callable[[int, int], Sequence[ClosedFinding]],
    annex_a: Content,
) -> list[str]:
    """Write every output that is asked for, and return the places, in that order.

    Args:
        request: What is asked for.
        dossier: The numbers.
        moment: The answers that they come from.
        list_closed: Gives the findings that were closed in a time.
        annex_a: The catalogue with ISO/IEC 27001 as its one framework, for the statement of applicability.

    Raises:
        ReportError: One could not be written.
    """
    language, files, folders = request.language, request.files, request.folders
    written = [*_write_pages(request, dossier)]
    if path := files.get("xlsx"):
        from rempart_reports.formats.xlsx import write_workbook
        from rempart_reports.views.dossier.sheet import list_sheets

        write_workbook(path, list_sheets(dossier, moment, language), moment.at)
        written.append(path)
    if path := files.get("soa"):
        from rempart_reports.formats.soa import list_decisions
        from rempart_reports.formats.xlsx import write_workbook
        from rempart_reports.views.dossier.gather import gather

        annex = dossier._replace(now=gather(moment, annex_a), content=annex_a)
        write_workbook(path, list_decisions(annex, language), moment.at)
        written.append(path)
    if folder := folders.get("oscal"):
        written += _write_oscal(_make(folder), dossier, moment, language)
    if folder := folders.get("ciso_assistant"):
        closed = list_closed(dossier.first, moment.at)
        written += _write_ciso_assistant(_make(folder), dossier, moment, closed, request)
    return written


def _write_pages(request: ReportRequest, dossier: Dossier) -> list[str]:
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


def _make(folder: str) -> str:
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise ReportError(Message("report.write", path=folder, error=reason_of(error))) from error
    return folder


def _write_oscal(folder: str, dossier: Dossier, moment: Moment, language: str) -> list[str]:
    from rempart_reports.formats.oscal import Oscal

    oscal = Oscal(dossier, moment, language)
    plan = os.path.join(folder, PLAN)
    texts = [(os.path.join(folder, RESULTS), oscal.write_results)]
    if dossier.now.findings:
        texts.append((plan, oscal.write_plan))
    write_together(texts)
    if not dossier.now.findings and bears_mark(plan, _PLAN_MARK):  # of an earlier report: what it says is no longer so
        os.unlink(plan)
    return [path for path, _ in texts]


def _write_ciso_assistant(
    folder: str, dossier: Dossier, moment: Moment, closed: Sequence[ClosedFinding], request: ReportRequest
) -> list[str]:
    from rempart_reports.formats.ciso_assistant import list_files
    from rempart_reports.formats.xlsx import write_workbook

    written = []
    for name, sheet in list_files(dossier, moment, closed, request.language, propose=request.propose):
        written.append(os.path.join(folder, name))
        write_workbook(written[-1], [sheet], moment.at)
    return written
