"""The command ``rempart drift``."""

import argparse
from typing import NamedTuple

from rempart_agent.cli.language import option_help, words
from rempart_controller.commands.options.output import Output, read_output
from rempart_controller.commands.options.store import MOMENT, add_limit, add_store, read_limit, read_store
from rempart_controller.inventory.host_filter import HostFilter
from rempart_reports.writing.output_places import check_outputs


class DriftRequest(NamedTuple):
    """What changed in a store's fleet is asked for.

    Attributes:
        store: Where the store is.
        since: From when on; None for the run before the last.
        hosts: Of which hosts.
        out: How it is printed.
        html: The file of a page; ``""`` for none.
    """

    store: str
    since: str | None
    hosts: HostFilter
    out: Output
    html: str = ""


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("command.drift_long")
    parser.add_argument("--since", metavar="RUN|DATE", help=option_help("help.drift_since", moment=MOMENT))
    add_limit(parser)
    parser.add_argument("--json", action="store_true", help=option_help("help.json_object"))
    parser.add_argument("--html", metavar="FILE", default="", help=option_help("help.html_page"))
    add_store(parser)


def request(options: argparse.Namespace) -> DriftRequest:
    """See Command.request."""
    check_outputs({"--html": options.html} if options.html else {})
    return DriftRequest(read_store(options), options.since, read_limit(options), read_output(options), options.html)


def run(request: DriftRequest) -> int:
    """Print what changed; 1 where something got worse or can't be seen any more."""
    from rempart_reports.views.drift_page import show_drift
    from rempart_reports.views.store_json import drift_data
    from rempart_store.store import Store

    with Store.open(request.store, create=False) as store:
        since = None if request.since is None else store.moment(request.since, end=False)
        hosts = request.hosts.choose(store.groups().items()) if request.hosts.patterns else None
        found = store.changes(since, hosts)
    if request.html:
        from rempart_reports.formats.html.document import write_document
        from rempart_reports.views.drift_document import document_of

        write_document(request.html, document_of(found, request.out.language), request.out.language)
    if request.out.json:
        request.out.show_json(drift_data(found), indent=1)
    elif request.html != "-":
        request.out.show(show_drift(found, request.out.language))
    return int(found.worse)
