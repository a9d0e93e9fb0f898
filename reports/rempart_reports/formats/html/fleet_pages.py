"""Pages for a fleet: one of the fleet (``index.html``), one a host (``hosts/``), one a check (``checks/``).

Each page stands alone and can be read without a script; a short one on the fleet's page filters the hosts, allowed by
its hash. What is the same on all hosts (why a check matters, what it supports, the statements as they were sent) stands
on the check's page, once for each variant. Runs pass by once: a host's page is written and forgotten, what the checks'
pages say of it waits on disk.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import chain
from typing import Any, NamedTuple

from rempart_core.error import ReportError
from rempart_core.messages.message import Message
from rempart_core.model.check import Step
from rempart_core.model.result import Result, Run, unheard
from rempart_reports.formats.html.finding import Fragment
from rempart_reports.formats.html.fleet_index import FleetIndex
from rempart_reports.formats.html.page import describe_head, make_environment, read_template, template_of, view_run
from rempart_reports.formats.html.safe_text import name_anchor, write_text, write_value
from rempart_reports.views.chart import KINDS
from rempart_reports.views.fleet import Fleet
from rempart_reports.views.host import describe_waiver, kind_of
from rempart_reports.views.options import Options
from rempart_reports.views.past import Past, Recall
from rempart_reports.writing import translation
from rempart_reports.writing.directory import Directory
from rempart_reports.writing.evidence import mark_of, show_row
from rempart_reports.writing.filename import FileNames
from rempart_reports.writing.page_words import page_word
from rempart_reports.writing.text_spool import Spool

MARK = '<meta name="generator" content="Rempart">'
VARIANTS = 20  # of a check's statements that its page holds; hosts with others hold their own
ROWS = 3  # of evidence that a check's page shows of each host; the host's page has what was kept
_TITLE = "rempart-title-goes-here"
_FAILING = {"fail", "waived", "known"}
_FOLDED = {"not_checked", "not_applicable", "pass"}


def write_pages(path: str, runs: Iterable[Run], options: Options) -> None:
    """Write the pages of ``runs`` into the directory ``path``; see DirectoryFormat.write_directory.

    Args:
        path: The folder; it is made where it is not there.
        runs: Each is read once, and none is kept.
        options: What the report was asked for.

    Raises:
        ReportError: A page can't be written, or a template is broken.
    """
    from jinja2 import TemplateError

    try:
        with ExitStack() as stack:
            pages = _Pages(stack.enter_context(Directory(path)), stack.enter_context(Spool()), options)
            for run in runs:
                pages.add(run)
            pages.finish()
    except TemplateError as error:
        raise ReportError(Message("report.template", error=str(error))) from error


class _Known(NamedTuple):
    """What is known of a check besides its numbers.

    Attributes:
        result: The first one, without what was found.
        page: Its file's name, without the ending.
        variants: What was asked in the same way on some hosts.
        steps: What a person does about it, by system: a result tells those of its host's alone.
    """

    result: Result
    page: str
    variants: "dict[_Asked, _Variant]"
    steps: dict[str, tuple[Step, ...]]


_Asked = tuple[tuple[tuple[str, str], ...], str]  # statements as they were sent, parameters as Python writes them


class _Variant:
    """A check as it was asked on some hosts.

    Attributes:
        number: Counts from 1.
        hosts: How many hosts.
        parameters: The lines that tell those in force; ``""`` for none.
    """

    __slots__ = ("hosts", "number", "parameters")

    def __init__(self, number: int, parameters: str) -> None:
        self.number, self.hosts, self.parameters = number, 1, parameters


class _Pages:
    """A directory of pages while it is written."""

    def __init__(self, directory: Directory, spool: Spool, options: Options) -> None:
        self.directory = directory
        self.spool = spool
        self.options = options
        self.language = options.language
        self.fleet = Fleet(options)
        self.known: dict[str, _Known] = {}
        self.hosts, self.checks = FileNames(), FileNames()
        self.recall = Recall(options)
        self.links: dict[int, str] = {}
        self.unheard: dict[str, int] = {}  # of each check, the hosts that were not heard
        self.fragment = Fragment(self.language, self._link, self.recall.tell, appendix=options.appendix)
        self.environment = make_environment(options, self.fragment)
        self.index = FleetIndex(self.fleet, options, self.environment)
        self.css = read_template("report.css") + read_template("fleet.css")
        self.heads = [
            self.render("head.html", title=_TITLE, **describe_head(css)).split(_TITLE)
            for css in (read_template("report.css"), self.css)
        ]
        self.foot = self.render("foot.html")
        for folder in ("hosts", "checks"):
            directory.make(folder)

    def word(self, key: str) -> str:
        return translation.word(key, self.language)

    def render(self, template: str, **values: Any) -> str:
        return self.environment.get_template(template).render(values)

    def wrap(self, title: str, body: Iterable[str], *, wide: bool) -> Iterator[str]:
        """Yield a page: head, body, foot; a wide one tells of many hosts and has the style of such tables."""
        before, after = self.heads[wide]
        yield f"{before}{write_text(title)}{after}"
        yield from body
        yield self.foot

    def add(self, run: Run) -> None:
        """Write the page of one host, and keep what the other pages say of it."""
        self.links = {id(result): self._learn(result) for result in run.results}
        self.index.add(run)
        page = f"{self.hosts.claim(run.target.name or 'localhost')}.html"
        past = self.recall.turn_to(run)
        self.fleet.add(run, past)
        self.fleet.hosts[-1] = self.fleet.hosts[-1]._replace(page=f"hosts/{page}")
        body = self.render(template_of(run), **view_run(run, 0, self.options, "../index.html"))
        self.directory.write_pieces(
            f"hosts/{page}", self.wrap(f"{run.target.name} – {self.word('report')}", (body,), wide=False)
        )
        if unheard(run) is not None:  # the fleet's page names it once, not each check's
            for result in run.results:
                self.unheard[result.check] = self.unheard.get(result.check, 0) + 1
            return
        link, name, group = f"../hosts/{page}#r1-", write_text(run.target.name), write_text(run.target.group)
        for result in run.results:
            kind = kind_of(result)
            there = f'<a href="{link}{name_anchor(result.check)}">{name}</a>'
            if kind == "pass":
                line = f"<li>{there}</li>\n"
            else:
                told = self._tell(result, kind, past)
                line = f'<tr><th scope="row">{there} <span class="quiet">{group}</span></th>{told}</tr>\n'
            self.spool.add((result.check, kind), line)

    def _learn(self, result: Result) -> str:
        """Return where a host's page finds the check's, and the place on it that tells what was asked of the host.

        Where that page has too many variants to hold the host's it is ``""``: all must be told on the host's own.
        """
        known = self.known.get(result.check)
        if known is None:
            bare = result._replace(evidence=None, witness=None, waiver=None, expired_waivers=(), parameters={}, sql={})
            known = self.known[result.check] = _Known(bare, self.checks.claim(result.check), {}, {})
        for system, steps in result.remediation.steps:
            known.steps.setdefault(system, steps)
        if not result.sql:
            return f"../checks/{known.page}.html"
        asked = (tuple(result.sql.items()), repr(result.parameters))
        found = known.variants.get(asked)
        if found is not None:
            found.hosts += 1
        elif len(known.variants) < VARIANTS:
            found = known.variants[asked] = _Variant(len(known.variants) + 1, self.fragment.parameters(result))
        else:
            return ""
        return f"../checks/{known.page}.html#sql-{found.number}"

    def _link(self, result: Result) -> str:
        return self.links[id(result)]

    def _tell(self, result: Result, kind: str, past: Past) -> str:
        """Return the cells that say what a check found on a host, and, where a store remembers that, since when."""
        told = self._tell_found(result, kind)
        if kind in _FAILING and self.options.opened is not None:
            since = past.since(result)
            told += f'<td class="date">{translation.day(since[:10], self.language) if since else "–"}</td>'
        return told

    def _tell_found(self, result: Result, kind: str) -> str:
        language = self.language
        if kind in {"waived", "known"} and result.waiver:
            return f"<td>{write_value(describe_waiver(result.waiver, language), language)}</td>"
        if kind in {"fail", "known"} and result.evidence:
            rows = [row for row in result.evidence.rows if mark_of(row) != "pass"][:ROWS]
            told = "".join(
                f'<span class="seen">{write_text(show_row(row, language, result.wording, 200))}</span>' for row in rows
            )
            more = result.evidence.failing + result.evidence.undecided - len(rows)
            if more > 0:
                told += (
                    f'<span class="quiet">{self.word("more_rows").format(translation.number(more, language))}</span>'
                )
            if told:
                return f'<td translate="no">{told}</td>'
        return f'<td translate="no">{write_value(result.reason.get(language), language)}</td>'

    def finish(self) -> None:
        """Write the pages of the checks and of the fleet, and take away those of an earlier report."""
        self.fleet.finish()
        for check in self.fleet.checks:
            known = self.known[check]
            title = f"{check} – {self.word('fleet')}"
            self.directory.write_pieces(
                f"checks/{known.page}.html", self.wrap(title, self._write_check(check, known), wide=True)
            )
        pages = {check: f"checks/{known.page}.html" for check, known in self.known.items()}
        waivers = self.index.waivers()
        if waivers:
            body = self.index.write_waivers(waivers, pages)
            title = f"{page_word('waivers_page', self.language)} – {self.word('fleet')}"
            self.directory.write_pieces("waivers.html", self.wrap(title, body, wide=True))
        script = read_template("filter.js")
        head = self.render("head.html", title=self.word("fleet"), **describe_head(self.css, script))
        foot = self.foot.replace("</body>", f"<script>{script}</script>\n</body>") if self.fleet.hosts else self.foot
        self.directory.write_pieces("index.html", chain((head,), self.index.write(pages, len(waivers)), (foot,)))
        for folder in ("hosts", "checks"):
            self.directory.sweep(folder, "", ".html", MARK)
        self.directory.sweep("", "waivers.html", ".html", MARK)

    def _write_check(self, check: str, known: _Known) -> Iterator[str]:
        row = self.fleet.checks[check]
        fix = known.result.remediation._replace(steps=tuple(known.steps.items()))
        yield self.render("everywhere.html", row=row, result=known.result, fix=self.fragment.steps(fix))
        for kind in KINDS:
            if not row.kinds[kind]:
                continue
            count = translation.number(row.kinds[kind], self.language)
            title = f'{self.word(kind).capitalize()} <span class="count">{count}</span>'
            yield f'<section aria-labelledby="k-{kind}"><h2 id="k-{kind}">{title}</h2>\n'
            if kind == "not_checked" and (left := self.unheard.get(check, 0)):
                said = translation.plural(left, "silent", self.language)
                yield f'<p class="note"><a href="../index.html">{said}</a></p>\n'
                if left == row.kinds[kind]:
                    yield "</section>\n"
                    continue
            if kind in _FOLDED:
                yield f'<details class="sql"><summary>{self.word("all_of_them")}</summary>\n'
            if kind == "pass":
                yield '<ul class="hosts-list">\n'
            else:
                label = self.word("reason" if kind in _FOLDED or kind == "error" else "observed")
                yield '<table class="fleet stack">\n<thead><tr>'
                yield f'<th scope="col">{self.word("host_name")}</th><th scope="col">{label}</th>'
                if kind in _FAILING and self.options.opened is not None:
                    yield f'<th scope="col" class="date">{self.word("failing_since")}</th>'
                yield "</tr></thead>"
                yield "\n<tbody>\n"
            yield from self.spool.read((check, kind))
            yield "</ul>\n" if kind == "pass" else "</tbody>\n</table>\n"
            yield "</details>\n</section>\n" if kind in _FOLDED else "</section>\n"
        if known.variants:
            yield f'<section aria-labelledby="sql"><h2 id="sql">{self.word("sql")}</h2>\n'
        for (statements, _), variant in known.variants.items():
            on = translation.plural(variant.hosts, "host", self.language)
            title = self.word("variant").format(variant.number, on)
            yield f'<h3 class="why" id="sql-{variant.number}">{title}</h3>\n'
            if variant.parameters:
                yield f'<dl class="about">\n{variant.parameters}</dl>\n'
            for key, statement in statements:
                yield f'<p class="quiet">{write_text(key)}</p>\n'
                yield f'<pre tabindex="0" translate="no"><code>{write_text(statement)}</code></pre>\n'
        if known.variants:
            yield "</section>\n"
