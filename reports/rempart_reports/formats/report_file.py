"""A report in a file: the format is loaded by its name, and writes."""

from collections.abc import Callable, Iterable
from typing import TextIO

from rempart_core.model.result import Run
from rempart_reports.formats.registry import load
from rempart_reports.views.options import Options
from rempart_reports.writing.file import write_file


def write_report(path: str, name: str, runs: Iterable[Run], options: Options) -> None:
    """Write the report of ``runs`` to ``path``; see :func:`rempart_reports.writing.file.write_file`.

    Args:
        path: Where to.
        name: A key of :data:`rempart_reports.formats.registry.FORMATS`.
        runs: What was found.
        options: How it is written.

    Raises:
        ReportError: It could not be written.
        UsageError: There is no such format.
    """
    form = load(name)
    parts: Callable[..., None] | None = getattr(form, "write_parts", None)

    def write(out: TextIO) -> None:
        form.write(runs, out, options)

    divide = (lambda begin: parts(runs, begin, options)) if parts else None
    write_file(path, write, divide, getattr(form, "MARK", ""))
