"""The audit of an organisation beside that of machines: what it is held against, and the run that comes of it."""

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from rempart_agent.audit import organisation
from rempart_agent.audit.request import Request
from rempart_agent.engines.registers import Live
from rempart_controller.organisation.incidents import read_incidents
from rempart_controller.organisation.live_results import LiveResults
from rempart_core.error import DocumentError, UsageError
from rempart_core.model.result import Run
from rempart_core.registers.files import find_files

if TYPE_CHECKING:
    from rempart_store.store import Store


def expect_readable(folder: str, file: str) -> None:
    """Refuse what can't be read before machines are asked, which may take long.

    Args:
        folder: The registers.
        file: Run documents to hold them against; ``""`` for none.

    Raises:
        UsageError: The folder can't be read, or the file holds something else.
    """
    find_files(folder)
    if file:
        _read_runs(file)


def _read_runs(file: str) -> list[Run]:
    from rempart_core.documents.run_document import read_runs

    try:
        return read_runs(file)
    except DocumentError as error:
        raise UsageError(error.message) from error


def audit_organisation(
    folder: str, file: str, ask: Request, store: "Store | None" = None, runs: Iterable[Run] = ()
) -> Run:
    """Audit an organisation.

    Args:
        folder: Its registers.
        file: Run documents to hold them against; ``""`` for the store's results, and those of this audit.
        ask: What is asked.
        store: What is remembered of machines; None where nothing is.
        runs: What this audit found on machines.

    Raises:
        RempartError: It could not be made.
    """
    live = LiveResults(int(time.time()))
    names = []
    if file:
        live.add_runs(_read_runs(file))
    elif store is not None:
        live.add_store(store)
    for run in runs:
        names.append(run.target.name)
        if not file:
            live.add_runs([run])
    rows = [row for own in live.results.values() for row in own]
    found = Live(rows, list(live.hosts.values()), read_incidents())
    return organisation.audit(ask, folder, found, names)
