"""The run document: one run as it is, those of a fleet as one document a line."""

from collections.abc import Iterable
from itertools import chain, islice
from typing import TextIO

from rempart_core.model.result import Run
from rempart_core.text import quiet_json
from rempart_reports.views.options import Options


def write(runs: Iterable[Run], out: TextIO, options: Options) -> None:
    """See Format.write.

    One run becomes the document that :func:`rempart_core.documents.run_document.read` reads. Of a fleet each is one
    line (JSON Lines), so that neither we nor a reader need hold them all; that it may have one host changes nothing
    for a reader.
    """
    from rempart_core.documents import run_document

    rest = iter(runs)
    first = list(islice(rest, 2))
    if len(first) == 1 and not options.fleet:
        out.write(quiet_json(run_document.write(first[0]).rstrip("\n")) + "\n")
        return
    import json

    every = chain(first, rest)
    out.writelines(quiet_json(json.dumps(run_document.to_data(run), separators=(",", ":"))) + "\n" for run in every)
