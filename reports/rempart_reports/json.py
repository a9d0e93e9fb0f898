"""The run document: one run as it is, those of a fleet as one document a line."""

import re
from collections.abc import Iterable
from itertools import chain, islice
from typing import TextIO

from rempart_core.result import Run
from rempart_reports.contract import Options


def write(runs: Iterable[Run], out: TextIO, options: Options) -> None:
    """See Format.write.

    One run becomes the document that :func:`rempart_core.document.read` reads. Of a fleet each is one line (JSON
    Lines), so that neither we nor a reader need hold them all; that it may have one host changes nothing for a reader.
    """
    from rempart_core import document

    rest = iter(runs)
    first = list(islice(rest, 2))
    if len(first) == 1 and not options.fleet:
        out.write(protect(document.write(first[0]).rstrip("\n")) + "\n")
        return
    import json

    every = chain(first, rest)
    out.writelines(protect(json.dumps(document.to_data(run), separators=(",", ":"))) + "\n" for run in every)


def protect(text: str) -> str:
    r"""Return JSON that says the same and harms no log that it is printed into, nor needs more than UTF-8.

    ``##`` stands in strings only; with its second half as ``\u0023`` no build service finds a command in it. Lone
    surrogates, which UTF-8 can't hold, become escapes as well.
    """
    text = text.replace("##", "#\\u0023")
    return text if text.isascii() else re.sub("[\ud800-\udfff]", lambda m: f"\\u{ord(m[0]):04x}", text)
