"""One self-contained page: no network, no script, both colour schemes, fit for print and for screen readers.

The templates and the style stand beside this module. Everything that comes from a run is cleaned and escaped where it
is written, in one place (:func:`rempart_reports.formats.html.safe_text.protect`); the page's own policy forbids
scripts, and styles but the one of its hash.
"""

import os
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Any, TypedDict

from markupsafe import Markup

from rempart_core.error import ReportError
from rempart_core.messages.message import Message
from rempart_core.model.check import Severity
from rempart_core.model.result import Result, Run, TargetIdentity
from rempart_core.model.unheard import unheard
from rempart_reports.formats import contract
from rempart_reports.formats.contract import Place
from rempart_reports.formats.html.finding import Fragment
from rempart_reports.formats.html.safe_text import (
    name_anchor,
    protect,
    write_icon,
    write_own,
    write_text,
    write_value,
)
from rempart_reports.formats.html.summary import write_areas, write_framework
from rempart_reports.formats.html.waiver_section import WaiverSection
from rempart_reports.views.change_outcome import ChangeNotes, describe_counts, icon_of, list_change_notes
from rempart_reports.views.chart import KINDS, AreaRow, Segment, draw_areas, draw_bar, order
from rempart_reports.views.container import ContainerWords, tell_container
from rempart_reports.views.host import (
    Groups,
    Verdict,
    group_by_reason,
    group_exclusions,
    judge,
    kind_of,
    name_area,
    remarks_of,
    sort_out,
    sum_up,
)
from rempart_reports.views.last_answer import tell_answer
from rempart_reports.views.last_known import tell_known
from rempart_reports.views.options import Options
from rempart_reports.views.past import Recall
from rempart_reports.views.print_room import PrintRoom, measure
from rempart_reports.views.requirement import group_by_control
from rempart_reports.views.start_with import FirstFix, choose_of_results
from rempart_reports.writing import translation
from rempart_reports.writing.page_words import page_word

if TYPE_CHECKING:
    from jinja2 import Environment

_FOLDER = os.path.join(os.path.dirname(__file__), "templates")

WAIVERS = "../waivers.html"
"""Where a host's page finds that of the waivers; there is one where a waiver was applied or has expired."""


class Report(contract.Report):
    """See contract.Report. Each run is a section of its own."""

    def __init__(self, options: Options, alone: TargetIdentity | None = None) -> None:
        """See contract.Report."""
        super().__init__(options, alone)
        self._recall = Recall(options)
        tell = self._recall.tell
        self._waivers = WaiverSection(options, alone) if options.waivers else None
        self._environment = make_environment(options, Fragment(options.language, tell=tell, appendix=options.appendix))

    def head(self) -> str:
        """See contract.Report.head."""
        title = translation.word("report", self.options.language)
        title = title if self.alone is None else f"{self.alone.name} – {title}"
        return self._render("head.html", title=title, **describe_head(read_template("report.css")))

    def fragment(self, run: Run, place: Place) -> Sequence[str]:
        """See contract.Report.fragment."""
        self._recall.turn_to(run)
        return [self._render(template_of(run), **view_run(run, place.number, self.options))]

    @property
    def outlined(self) -> bool:
        """See contract.Report.outlined."""
        return self._waivers is not None

    def sift(self, run: Run) -> Run:
        """See contract.Report.sift: what no waiver concerns is left out."""
        concerned = [result for result in run.results if result.waiver is not None or result.expired_waivers]
        return run._replace(results=concerned)

    def note(self, run: Run) -> None:
        """See contract.Report.note."""
        if self._waivers is not None:
            self._waivers.add(run)

    def tail(self, runs: int) -> str:
        """See contract.Report.tail."""
        nobody = f"<p>{write_text(translation.word('nobody_asked', self.options.language))}</p>\n"
        waivers = self._waivers.write(self._environment) if self._waivers is not None and runs else ""
        return ("" if runs else nobody) + waivers + self._render("foot.html")

    def _render(self, template: str, **values: Any) -> str:
        from jinja2 import TemplateError

        try:
            return self._environment.get_template(template).render(values)
        except TemplateError as error:
            raise ReportError(Message("report.template", error=str(error))) from error


def read_template(name: str) -> str:
    """Return a file that stands beside the templates."""
    with open(os.path.join(_FOLDER, name), encoding="utf-8") as file:
        return file.read()


def describe_head(css: str, script: str = "") -> dict[str, str]:
    """Return what a page's head says of its style and its script: the texts, and the hashes that its policy allows.

    Args:
        css: The text of the style.
        script: The text of the script; ``""`` for a page without one.
    """
    digests = [b64encode(sha256(text.encode()).digest()).decode() if text else "" for text in (css, script)]
    return {"css": css, "digest": digests[0], "script_digest": digests[1]}


def make_environment(options: Options, fragment: Fragment) -> "Environment":
    """Return what fills the templates, with the words of the language and the pieces of results.

    Args:
        options: What the report was asked for, its language among it.
        fragment: What writes results in that language.
    """
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
        w=lambda key, **values: page_word(key, language, **values),
        name=lambda key: translation.name(key, language),
        area_name=lambda area: name_area(area, language),
        plural=lambda count, kind: translation.plural(count, kind, language),
        number=lambda value: translation.number(value, language),
        colon=translation.colon(language),
        kind_of=kind_of,
        note_icon=icon_of,
        anchor=name_anchor,
        icon=lambda kind, severity="": Markup(write_icon(kind, severity)),  # noqa: S704 - our own words
        articles=fragment.articles,
        accepted=fragment.accepted,
        reasons=fragment.reasons,
        passes=fragment.passes,
        appendix_of=fragment.appendix,
        scope=fragment.scope,
        area_lines=lambda rows: write_areas(rows, language),
        severities=[severity.value for severity in Severity],
        kinds=KINDS,
        options=options,
    )
    environment.filters.update(
        own=lambda text: Markup(write_own(text, language)),  # noqa: S704 - escaped there
        said=lambda text: text.get(language),
        day=lambda text: translation.day(text, language),
        moment=lambda text: translation.moment(text, language),
        seconds=lambda value: translation.duration(value, language),
        value=lambda text: Markup(write_value(text, language)),  # noqa: S704 - escaped there
    )
    return environment


def template_of(run: Run) -> str:
    """Return the template of a run: of a target that was not heard there is little to show."""
    return "run.html" if unheard(run) is None else "unheard.html"


class RunView(TypedDict):
    """What the template of a run shows, by the names that it has for it."""

    run: Run
    remarks: list[str]
    container: ContainerWords | None
    back: str
    waivers: str
    listed: bool
    prefix: str
    groups: Groups
    verdict: Verdict
    sum: str
    answer_age: str
    known: list[str]
    deeds: list[tuple[ChangeNotes, str]]
    areas: list[AreaRow]
    bar: list[Segment]
    start_with: list[FirstFix]
    room: PrintRoom
    unjudged: list[tuple[str, list[Result]]]
    excluded: list[tuple[str, list[str]]]
    inapplicable: list[tuple[str, list[Result]]]
    requirements: list[tuple[str, Markup]]
    appendix: list[Result]


def view_run(run: Run, number: int, options: Options, back: str = "") -> RunView:
    """Return what the template shows of one run.

    Args:
        run: What was found.
        number: Which run of the page it is, from 0.
        options: How it is written.
        back: Address of the fleet's page, where the run has a page of its own; the checks' pages then tell of controls.
    """
    groups, pictured, language = sort_out(run.results), order(run.results), options.language
    prefix = f"r{number + 1}"
    return {
        "run": run,
        "remarks": remarks_of(run, language),
        "container": tell_container(run, language),
        "back": back,
        "waivers": WAIVERS if groups.waived or any(result.expired_waivers for result in run.results) else "",
        "listed": bool(options.waivers) and not back,
        "prefix": prefix,
        "groups": groups,
        "verdict": judge(run, options.threshold, language, whole=not options.unfinished),
        "sum": sum_up(run, language),
        "answer_age": tell_answer(run, options),
        "known": tell_known(run, options),
        "deeds": [(deed, describe_counts(deed, language)) for deed in list_change_notes(run.results, language)],
        "areas": draw_areas(pictured),
        "bar": draw_bar(pictured),
        "start_with": choose_of_results(groups.findings),
        "room": measure(groups),
        "unjudged": group_by_reason(groups.errors, language) + group_by_reason(groups.not_checked, language),
        "excluded": group_exclusions(run.excluded, language),
        "inapplicable": group_by_reason(groups.not_applicable, language),
        "requirements": [
            (framework, write_framework(found, options.frameworks.get(framework), prefix, language, whole=not back))
            for framework, found in group_by_control(run.results, options.frameworks)
        ],
        "appendix": sorted(run.results, key=lambda result: result.check) if options.appendix else [],
    }
