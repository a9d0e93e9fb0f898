"""The command ``rempart report``."""

import argparse

from rempart_agent.cli.base import say
from rempart_agent.cli.language import option_help, words
from rempart_controller.commands.options.output import read_output
from rempart_controller.commands.options.store import MOMENT, add_store, read_store
from rempart_controller.dossier.outputs import FILES, FOLDERS, check_places
from rempart_controller.dossier.request import ReportRequest
from rempart_core.error import UsageError
from rempart_core.messages.message import Message

_FRAMEWORKS = "gdpr,iso-27001-2022"


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("command.report_long")
    parser.add_argument("--registers", metavar="DIR", default="", help=option_help("help.report_registers"))
    frameworks = option_help("help.report_framework", default=_FRAMEWORKS)
    parser.add_argument("--framework", metavar="NAMES", default=_FRAMEWORKS, help=frameworks)
    parser.add_argument("--from", metavar="RUN|DATE", dest="since", help=option_help("help.report_from", moment=MOMENT))
    parser.add_argument("--at", metavar="RUN|DATE", help=option_help("help.report_at", moment=MOMENT))
    parser.add_argument("--pdf", metavar="FILE", default="", help=option_help("help.report_pdf"))
    parser.add_argument("--html", metavar="FILE", default="", help=option_help("help.report_html"))
    parser.add_argument("--xlsx", metavar="FILE", default="", help=option_help("help.report_xlsx"))
    parser.add_argument("--oscal", metavar="DIR", default="", help=option_help("help.report_oscal"))
    parser.add_argument("--soa", metavar="FILE", default="", help=option_help("help.report_soa"))
    assistant = option_help("help.report_ciso_assistant")
    parser.add_argument("--ciso-assistant", metavar="DIR", default="", help=assistant)
    parser.add_argument("--propose", action="store_true", help=option_help("help.report_propose"))
    parser.add_argument("--sql", action="store_true", help=option_help("help.report_sql"))
    parser.add_argument("--sample", metavar="N", default="", help=option_help("help.report_sample", metavar="N"))
    add_store(parser)


def request(options: argparse.Namespace) -> ReportRequest:
    """See Command.request."""
    files = {name: getattr(options, name) for name in FILES if getattr(options, name)}
    folders = {name: getattr(options, name) for name in FOLDERS if getattr(options, name)}
    if not files and not folders:
        raise UsageError(Message("report.nothing_asked"))
    if options.propose and not options.ciso_assistant:
        raise UsageError(Message("report.propose_alone"))
    wanted = ReportRequest(
        store=read_store(options),
        registers=options.registers,
        frameworks=tuple(dict.fromkeys(filter(None, map(str.strip, options.framework.split(","))))),
        since=options.since,
        at=options.at,
        files=files,
        folders=folders,
        propose=options.propose,
        sql=options.sql,
        sample=_read_size(options.sample),
        language=read_output(options).language,
    )
    check_places(wanted)
    return wanted


def _read_size(text: str) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and 0 < int(text[:9]) < 1_000_000):
        raise UsageError(Message("report.sample_size", text=f"--sample {text}"))
    return int(text)


def run(request: ReportRequest) -> int:
    """Write the outputs; 3 where the audit that they tell of is incomplete."""
    from rempart_controller.dossier.gathering import gather_dossier, read_content
    from rempart_controller.dossier.outputs import expect_libraries, write_outputs
    from rempart_reports.formats.soa import FRAMEWORK
    from rempart_store.store import Store

    expect_libraries(request)
    with Store.open(request.store, create=False) as store:
        dossier, moment = gather_dossier(store, request)
        annex_a = read_content((FRAMEWORK,)) if "soa" in request.files else dossier.content
        written = write_outputs(request, dossier, moment, store.closed, annex_a)
    if "-" not in written:
        for path in written:
            print(words("report.written", path=path))
    if "oscal" in request.folders and not dossier.now.findings:
        say(words("report.poam_absent"))
    if dossier.now.incomplete:
        say(words("report.incomplete"))
    return 3 if dossier.now.incomplete else 0
