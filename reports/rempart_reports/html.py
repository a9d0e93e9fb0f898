"""One self-contained page: no network, no script, both colour schemes, fit for print and for screen readers.

The templates and the style stand beside this module. Everything that comes from a run is cleaned and escaped where it
is written, in one place (:func:`protect`); the page's own policy forbids scripts, and styles but the one of its hash.
"""

import os
import re
from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from itertools import chain
from typing import TYPE_CHECKING, Any, TextIO

from rempart_core.check import Severity
from rempart_core.error import ReportError
from rempart_core.result import Run
from rempart_core.text import clean
from rempart_reports import translation
from rempart_reports.chart import KINDS, draw_areas, draw_bar
from rempart_reports.contract import Options
from rempart_reports.control import group_by_control
from rempart_reports.evidence import COLUMNS, mark_of
from rempart_reports.summary import (
    describe_counts,
    group_by_reason,
    judge,
    kind_of,
    name_area,
    sort_out,
    sum_up,
)

if TYPE_CHECKING:
    from jinja2 import Environment

VALUE_LENGTH = 4000  # characters of one value; what is more is counted and left to the JSON report
_FOLDER = os.path.join(os.path.dirname(__file__), "templates")


def write(runs: Iterable[Run], out: TextIO, options: Options) -> None:
    """See Format.write. Each run is a section of its own."""
    from jinja2 import TemplateError

    environment = _make_environment(options)
    rest = iter(runs)
    first, second = next(rest, None), next(rest, None)
    with open(os.path.join(_FOLDER, "report.css"), encoding="utf-8") as file:
        css = file.read()
    digest = b64encode(sha256(css.encode()).digest()).decode()
    title = translation.word("report", options.language)
    if first is not None and second is None:
        title = f"{first.target.name} – {title}"
    try:
        out.writelines(environment.get_template("head.html").generate(title=title, css=css, digest=digest))
        for number, run in enumerate(run for run in chain((first, second), rest) if run is not None):
            out.writelines(environment.get_template("run.html").generate(_view(run, number, options)))
        out.writelines(environment.get_template("foot.html").generate())
    except TemplateError as error:
        raise ReportError(f"the page's template is broken: {error}") from error


def protect(value: Any) -> Any:
    """Return a value as it may stand in the page: clean, escaped, and harmless in a log that it is printed into.

    A second ``#``, ``:`` or ``[`` becomes a character reference: the reader sees the same, a build service no command.
    """
    from markupsafe import Markup, escape

    if isinstance(value, Markup):
        return value
    text = str(escape(clean(str(value))))
    for double in ("##", "::", "[["):
        if double in text:
            text = text.replace(double, f"{double[0]}&#{ord(double[0])};")
    return Markup(text)  # noqa: S704 - escaped two lines above


def _make_environment(options: Options) -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    language = options.language
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        finalize=protect,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        language=language,
        w=lambda key: translation.word(key, language),
        name=lambda key: translation.name(key, language),
        area_name=lambda area: name_area(area, language),
        plural=lambda count, kind: translation.plural(count, kind, language),
        number=lambda value: translation.number(value, language),
        colon=translation.colon(language),
        kind_of=kind_of,
        mark_of=mark_of,
        anchor=_name_anchor,
        severities=[severity.value for severity in Severity],
        kinds=KINDS,
        options=options,
    )
    environment.filters.update(
        own=lambda text: _mark_code(translation.typeset(text.get(language), language)),
        said=lambda text: text.get(language),
        day=lambda text: translation.day(text, language),
        moment=lambda text: translation.moment(text, language),
        seconds=lambda value: translation.duration(value, language),
        counts=lambda evidence: describe_counts(evidence, language),
        value=lambda text: _cut(text, language),
        columns=_list_columns,
        parameter=lambda value: _cut(_write_value(value), language),
    )
    return environment


def _view(run: Run, number: int, options: Options) -> dict[str, Any]:
    """Return what the template shows of one run."""
    groups = sort_out(run.results)
    return {
        "run": run,
        "prefix": f"r{number + 1}",
        "groups": groups,
        "verdict": judge(run, options.threshold, options.language),
        "sum": sum_up(run, options.language),
        "areas": draw_areas(run.results),
        "bar": draw_bar(run.results),
        "controls": group_by_control(run.results, options.frameworks),
        "gaps": group_by_reason(groups.not_checked, options.language),
        "inapplicable": group_by_reason(groups.not_applicable, options.language),
    }


def _name_anchor(check: str) -> str:
    """Return a check's id as a part of an anchor."""
    return re.sub(r"[^A-Za-z0-9-]", lambda m: f"_{ord(m[0]):x}", check)


def _mark_code(text: str) -> Any:
    """Return our own text, with what stands between backticks as code."""
    from markupsafe import Markup

    pieces = text.split("`")
    if len(pieces) % 2 == 0:  # a backtick without its pair
        return text
    parts = (
        protect(piece) if place % 2 == 0 else Markup("<code>%s</code>") % protect(piece)
        for place, piece in enumerate(pieces)
    )
    return Markup("").join(parts)


def _list_columns(rows: list[dict[str, str]]) -> list[str]:
    """Return the columns that rows have besides the four of every check, in the order of the statement."""
    return list(dict.fromkeys(column for row in rows for column in row if column not in COLUMNS))


def _cut(text: str, language: str) -> str:
    more = len(text) - VALUE_LENGTH
    if more <= 0:
        return text
    said = translation.word("cut_text", language).format(translation.number(more, language))
    return f"{text[:VALUE_LENGTH]}{said}"


def _write_value(value: Any) -> str:
    if isinstance(value, str):
        return value
    import json

    return json.dumps(value, ensure_ascii=False, default=str)
