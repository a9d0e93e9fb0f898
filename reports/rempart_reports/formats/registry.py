"""The report formats by name: where each is, imported on use, and what the command line says of it."""

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, cast

from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.text import NOTHING, Text

if TYPE_CHECKING:  # what reads options needs no contract
    from rempart_reports.formats.contract import DirectoryReport, Report


class Entry(NamedTuple):
    """A report format.

    Attributes:
        module: Where it is; see ``contract.Report``.
        file: What ``rempart audit --NAME FILE`` does; ``NOTHING`` for a format that no file is written in.
        after: What ``rempart apply --NAME FILE`` writes, where ``{when}`` says when the audit is.
        folder: What ``rempart audit --NAME-dir DIR`` does; ``NOTHING`` where it fills none.
        pages: The module of its ``contract.DirectoryReport``, where that is another one.
    """

    module: str
    file: Text = NOTHING
    after: Text = NOTHING
    folder: Text = NOTHING
    pages: str = ""


_HERE = "rempart_reports.formats"
FORMATS = {
    "junit": Entry(
        f"{_HERE}.junit",
        Text("write a JUnit report", "écrire un rapport JUnit"),
        Text("a JUnit report of the audit {when}", "un rapport JUnit de l’audit {when}"),
        Text(
            "write a JUnit report a host, TEST-HOST.xml, into a directory",
            "écrire un rapport JUnit par machine, TEST-HOST.xml, dans un dossier",
        ),
    ),
    "html": Entry(
        f"{_HERE}.html.page",
        Text("write one self-contained page", "écrire une page, en un seul fichier"),
        Text("a page of it", "une page de cet audit"),
        Text(
            "write linked pages into a directory: the fleet, each host, each check",
            "écrire des pages liées dans un dossier : le parc, chaque machine, chaque vérification",
        ),
        f"{_HERE}.html.fleet_pages",
    ),
    "json": Entry(
        f"{_HERE}.json",
        Text(
            "write the run document; with -i, for one host too, JSON lines, a run a line",
            "écrire le document du passage ; avec -i, même pour une machine, un passage par ligne (JSON lines)",
        ),
        Text("its run documents, a run a line", "ses documents, un passage par ligne"),
    ),
    "markdown": Entry(
        f"{_HERE}.markdown",
        Text(
            "write a summary for a CI job; with -i of the fleet, worst hosts first",
            "écrire un résumé pour une tâche de CI ; avec -i celui du parc, les pires machines d’abord",
        ),
        Text("a summary of it for a CI job", "un résumé de cet audit pour une tâche de CI"),
    ),
    "csv": Entry(
        f"{_HERE}.csv",
        Text("write a line for each result, for a spreadsheet", "écrire une ligne par résultat, pour un tableur"),
        Text("a line for each of its results, for a spreadsheet", "une ligne par résultat, pour un tableur"),
    ),
    "jsonl": Entry(
        f"{_HERE}.jsonl",
        Text("write a JSON object for each result, one a line", "écrire un objet JSON par résultat, un par ligne"),
        Text("the same as JSON, with the evidence", "de même en JSON, avec les preuves"),
    ),
    "sarif": Entry(
        f"{_HERE}.sarif",
        Text(
            "write findings, and what was not judged, as SARIF 2.1.0 for code scanning",
            "écrire les non-conformités, et ce qui n’a pas été vérifié, en SARIF 2.1.0 pour l’analyse de code",
        ),
        Text(
            "findings of it as SARIF 2.1.0 for code scanning",
            "ses non-conformités en SARIF 2.1.0 pour l’analyse de code",
        ),
    ),
    "terminal": Entry(f"{_HERE}.terminal"),
}


def load(name: str) -> "type[Report]":
    """Return the format of that name.

    Raises:
        UsageError: There is none.
    """
    if name not in FORMATS:
        raise UsageError(Message("report.no_format", name=name, known=", ".join(FORMATS)))
    return cast("type[Report]", import_module(FORMATS[name].module).Report)


def load_directory(name: str) -> "type[DirectoryReport]":
    """Return the format of that name that fills a directory.

    Raises:
        UsageError: There is none.
    """
    if name not in FORMATS or not FORMATS[name].folder.en:
        there = ", ".join(one for one, entry in FORMATS.items() if entry.folder.en)
        raise UsageError(Message("report.no_folder_format", name=name, known=there))
    module = import_module(FORMATS[name].pages or FORMATS[name].module)
    return cast("type[DirectoryReport]", module.DirectoryReport)
