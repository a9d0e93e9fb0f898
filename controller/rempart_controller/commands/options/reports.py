"""The options of the reports, one or two for each format that there is."""

import argparse
from typing import Any

from rempart_agent.cli.base import OptionGroup
from rempart_agent.cli.language import of_environment, option_help, words
from rempart_reports.formats.registry import FORMATS
from rempart_reports.writing.output_places import ReportPlaces

_FORMS = ["strict", "rich"]


def add_reports(parser: OptionGroup) -> None:
    """Add the options of the reports of an audit."""
    reports = parser.add_argument_group(words("help.group_reports"))
    for name, entry in FORMATS.items():
        if entry.file:
            reports.add_argument(f"--{name}", metavar="FILE", help=option_help(entry.file))
        if name == "junit":
            reports.add_argument(
                "--junit-form",
                choices=_FORMS,
                default="strict",
                help=option_help("help.junit_strict"),
            )
        if name == "sarif":
            reports.add_argument(
                "--sarif-location", metavar="FILE", default="", help=option_help("help.sarif_location")
            )
        if entry.folder:
            reports.add_argument(f"--{name}-dir", metavar="DIR", help=option_help(entry.folder))
    reports.add_argument(
        "--lang",
        choices=["en", "fr"],
        default=of_environment(),
        help=option_help("help.lang"),
    )
    reports.add_argument("--html-appendix", action="store_true", help=option_help("help.html_appendix"))
    reports.add_argument("--quiet", action="store_true", help=option_help("help.quiet"))
    reports.add_argument("--verbose", action="store_true", help=option_help("help.verbose"))


def add_reports_after(parser: OptionGroup, when: str, store: str, listed: str = "", page: str = "") -> OptionGroup:
    """Add the options of reports and store of the audit after a change, and return their group.

    Args:
        parser: Of the command.
        when: When the audit is that is reported. This and the others as ``option_help`` returns them.
        store: What is saved.
        listed: What ``--json`` means besides, where it may stand alone.
        page: What ``--html`` means besides.
    """
    out = parser.add_argument_group(words("help.group_written"))
    for name, entry in FORMATS.items():
        if entry.file and name != "json":
            text = option_help(entry.after or entry.file, when=when)
            text += page if name == "html" else ""
            out.add_argument(f"--{name}", metavar="FILE", default="", help=text)
    alone: Any = {"nargs": "?", "const": "-"} if listed else {}
    out.add_argument("--json", metavar="FILE", default="", help=option_help(FORMATS["json"].after) + listed, **alone)
    out.add_argument(
        "--junit-form",
        choices=_FORMS,
        default="strict",
        help=option_help("help.junit_short"),
    )
    out.add_argument("--store", metavar="FILE|URL", nargs="?", const="", help=store)
    out.add_argument("--sign", action="store_true", help=option_help("help.sign_short"))
    return out


def read_places(options: argparse.Namespace) -> ReportPlaces:
    """Return the reports that are wanted."""
    given = vars(options)
    return ReportPlaces(
        {name: path for name, entry in FORMATS.items() if entry.file and (path := given.get(name))},
        {name: path for name, entry in FORMATS.items() if entry.folder and (path := given.get(f"{name}_dir"))},
        options.junit_form,
        bool(given.get("html_appendix")),
        given.get("sarif_location") or "",
    )


def name_options() -> list[str]:
    """Return the names that options have of which each says where a report of an audit goes."""
    files = [name for name, entry in FORMATS.items() if entry.file]
    return files + [f"{name}_dir" for name, entry in FORMATS.items() if entry.folder]
