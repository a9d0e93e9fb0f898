"""Pages for a fleet: one of the fleet (``index.html``), one a host (``hosts/``), one a check (``checks/``).

Each page stands alone and can be read without a script; a short one on the fleet's page filters the hosts, allowed by
its hash. What is the same on all hosts (why a check matters, what it supports, the statements as they were sent) stands
on the check's page, once for each variant. What is written of a host follows from its run alone, so that any process
can write it; who joins keeps counts, and what the checks' pages say of hosts waits on disk.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from rempart_core.error import ReportError
from rempart_core.messages.message import Message, Value
from rempart_core.model.result import Result, Run, TargetIdentity
from rempart_core.model.unheard import unheard
from rempart_reports.formats import contract
from rempart_reports.formats.contract import PiecesOf, Place, Written
from rempart_reports.formats.html.finding import Fragment
from rempart_reports.formats.html.fleet_checks import KnownCheck, KnownChecks
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
from rempart_reports.writing.piece import read_text
from rempart_reports.writing.text_spool import Spool

MARK = '<meta name="generator" content="Rempart">'
ROWS = 3  # of evidence that a check's page shows of each host; the host's page has what was kept
_TITLE = "rempart-title-goes-here"
_FAILING = {"fail", "waived", "known"}
_FOLDED = {"not_checked", "not_applicable", "pass"}


class DirectoryReport(contract.DirectoryReport):
    """See contract.DirectoryReport: ``index.html``, ``hosts/``, ``checks/``, ``waivers.html``.

    A fragment is what stands on the checks' pages of a host, in a form for machines, then its own page, then its lines
    on the checks' pages, one behind the other.
    """

    NAMED = True

    def __init__(self, options: Options, alone: TargetIdentity | None = None) -> None:
        """See contract.Report."""
        super().__init__(options, alone)
        self.language = options.language
        self.recall = Recall(options)
        self.links: dict[int, str] = {}
        self.writer = Fragment(self.language, self._link, self.recall.tell, appendix=options.appendix)
        self.known = KnownChecks(self.writer)
        self.environment = make_environment(options, self.writer)
        self.css = read_template("report.css") + read_template("fleet.css")
        self.heads = [
            self.render("head.html", title=_TITLE, **describe_head(css)).split(_TITLE)
            for css in (read_template("report.css"), self.css)
        ]
        self.foot = self.render("foot.html")

    @property
    def outlined(self) -> bool:
        """See contract.Report.outlined."""
        return True

    def word(self, key: str, **values: Value) -> str:
        """Return a word of the page's language; ``values`` stand in it."""
        return translation.word(key, self.language, **values)

    def render(self, template: str, **values: Any) -> str:
        """Return a template, filled.

        Raises:
            ReportError: The template is broken.
        """
        from jinja2 import TemplateError

        try:
            return self.environment.get_template(template).render(values)
        except TemplateError as error:
            raise ReportError(Message("report.template", error=str(error))) from error

    def name(self, target: TargetIdentity) -> str:
        """See contract.Report.name."""
        return target.name or "localhost"

    def names(self) -> Callable[[str], str]:
        """See contract.Report.names."""
        return FileNames().claim

    def fragment(self, run: Run, place: Place) -> Sequence[str]:
        """See contract.Report.fragment."""
        asked = [self.known.ask(result) for result in run.results]
        self.links = {id(result): one.link for result, one in zip(run.results, asked, strict=True)}
        past = self.recall.turn_to(run)
        body = self.render(template_of(run), **view_run(run, 0, self.options, "../index.html"))
        title = write_text(f"{run.target.name} – {self.word('report')}")
        heard = unheard(run) is None
        # The fleet's page names a host that was not heard once, not each check's.
        lines = list(self._tell_lines(run, place, past)) if heard else []
        about = {
            "heard": heard,
            "since": {one.check: since for one in run.results if (since := past.since(one))},
            "checks": [
                [one.check, kind_of(one), variant.digest, variant.systems]
                for one, variant in zip(run.results, asked, strict=True)
            ],
            "lengths": [len(line) for line in lines],
        }
        page = f"{self.heads[0][0]}{title}{self.heads[0][1]}{body}{self.foot}"
        return [json.dumps(about, separators=(",", ":")), page, "".join(lines)]

    def _tell_lines(self, run: Run, place: Place, past: Past) -> Iterator[str]:
        """Yield the line of each result on the check's page."""
        link, name, group = f"../hosts/{place.name}.html#r1-", write_text(run.target.name), write_text(run.target.group)
        for result in run.results:
            kind = kind_of(result)
            there = f'<a href="{link}{name_anchor(result.check)}">{name}</a>'
            if kind == "pass":
                yield f"<li>{there}</li>\n"
            else:
                told = self._tell(result, kind, past)
                yield f'<tr><th scope="row">{there} <span class="quiet">{group}</span></th>{told}</tr>\n'

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
                told += f'<span class="quiet">{self.word("more_rows", count=translation.number(more, language))}</span>'
            if told:
                return f'<td translate="no">{told}</td>'
        return f'<td translate="no">{write_value(result.reason.get(language), language)}</td>'

    def part(self, read: Callable[[int], Run]) -> None:
        """See contract.DirectoryReport.part."""
        self.known.part(read)

    def review(self, firsts: Iterator[str]) -> Sequence[int]:
        """See contract.DirectoryReport.review: a check's page holds so many variants, and a host's own the others."""
        found = ((place, json.loads(first)["checks"]) for place, first in enumerate(firsts))
        return self.known.choose((place, [(row[0], row[2]) for row in rows]) for place, rows in found)

    def join(self, path: str, pieces: PiecesOf) -> None:
        """See contract.DirectoryReport.join."""
        with Directory(path) as directory, Spool() as spool:
            joined = _Join(self, directory, spool)
            for place, written in enumerate(pieces):
                joined.add(place, written)
            joined.finish()


class _Join:
    """A directory of pages while it is joined."""

    def __init__(self, report: DirectoryReport, directory: Directory, spool: Spool) -> None:
        self.report = report
        self.directory = directory
        self.spool = spool
        self.options = report.options
        self.language = report.language
        self.fleet = Fleet(report.options)
        self.index = FleetIndex(self.fleet, report.options, report.environment)
        self.claim = report.names()
        self.unheard: dict[str, int] = {}  # of each check, the hosts that were not heard
        for folder in ("hosts", "checks"):
            directory.make(folder)

    def add(self, place: int, written: Written) -> None:
        """Take what was written of one host, and count what the other pages say of it."""
        run = written.run
        assert run is not None  # noqa: S101 - the report is outlined
        about, page, lines = written.pieces
        told = json.loads(read_text(about))
        name = f"{self.claim(written.target or 'localhost')}.html"
        self.index.add(run)
        self.fleet.add(run, Past(told["since"], {}))
        self.fleet.hosts[-1] = self.fleet.hosts[-1]._replace(page=f"hosts/{name}")
        self.directory.write_pieces(f"hosts/{name}", (page,))
        rows = told["checks"]
        self.report.known.count(place, [(check, digest, systems) for check, _, digest, systems in rows], run)
        if not told["heard"]:
            for check, *_ in rows:
                self.unheard[check] = self.unheard.get(check, 0) + 1
            return
        text, begin = read_text(lines), 0
        for (check, kind, *_), length in zip(rows, told["lengths"], strict=True):
            self.spool.add((check, kind), text[begin : begin + length])
            begin += length

    def wrap(self, title: str, body: Iterable[str]) -> Iterator[str]:
        """Yield a page that tells of many hosts: head, body, foot."""
        before, after = self.report.heads[1]
        yield f"{before}{write_text(title)}{after}"
        yield from body
        yield self.report.foot

    def finish(self) -> None:
        """Write the pages of the checks and of the fleet, and take away those of an earlier report."""
        report = self.report
        self.fleet.finish()
        known = {check: report.known.of(check) for check in self.fleet.checks}
        pages = {check: f"checks/{one.page}.html" for check, one in known.items()}
        for check, one in known.items():
            title = f"{check} – {report.word('fleet')}"
            self.directory.write_pieces(pages[check], self.wrap(title, self._write_check(check, one)))
        waivers = self.index.waivers()
        if waivers:
            body = self.index.write_waivers(waivers, pages)
            title = f"{page_word('waivers_page', self.language)} – {report.word('fleet')}"
            self.directory.write_pieces("waivers.html", self.wrap(title, body))
        script = read_template("filter.js")
        head = report.render("head.html", title=report.word("fleet"), **describe_head(report.css, script))
        foot = (
            report.foot.replace("</body>", f"<script>{script}</script>\n</body>") if self.fleet.hosts else report.foot
        )
        self.directory.write_pieces("index.html", chain((head,), self.index.write(pages, len(waivers)), (foot,)))
        for folder in ("hosts", "checks"):
            self.directory.sweep(folder, "", ".html", MARK)
        self.directory.sweep("", "waivers.html", ".html", MARK)

    def _write_check(self, check: str, known: KnownCheck) -> Iterator[str]:
        row, word = self.fleet.checks[check], self.report.word
        fix = known.result.remediation._replace(steps=tuple(known.steps.items()))
        yield self.report.render("everywhere.html", row=row, result=known.result, fix=self.report.writer.steps(fix))
        for kind in KINDS:
            if not row.kinds[kind]:
                continue
            count = translation.number(row.kinds[kind], self.language)
            title = f'{word(kind).capitalize()} <span class="count">{count}</span>'
            yield f'<section aria-labelledby="k-{kind}"><h2 id="k-{kind}">{title}</h2>\n'
            if kind == "not_checked" and (left := self.unheard.get(check, 0)):
                said = translation.plural(left, "silent", self.language)
                yield f'<p class="note"><a href="../index.html">{said}</a></p>\n'
                if left == row.kinds[kind]:
                    yield "</section>\n"
                    continue
            if kind in _FOLDED:
                yield f'<details class="sql"><summary>{word("all_of_them")}</summary>\n'
            if kind == "pass":
                yield '<ul class="hosts-list">\n'
            else:
                label = word("reason" if kind in _FOLDED or kind == "error" else "observed")
                yield '<table class="fleet stack">\n<thead><tr>'
                yield f'<th scope="col">{word("host_name")}</th><th scope="col">{label}</th>'
                if kind in _FAILING and self.options.opened is not None:
                    yield f'<th scope="col" class="date">{word("failing_since")}</th>'
                yield "</tr></thead>"
                yield "\n<tbody>\n"
            yield from self.spool.read((check, kind))
            yield "</ul>\n" if kind == "pass" else "</tbody>\n</table>\n"
            yield "</details>\n</section>\n" if kind in _FOLDED else "</section>\n"
        if known.variants:
            yield f'<section aria-labelledby="sql"><h2 id="sql">{word("sql")}</h2>\n'
        for digest, variant in sorted(known.variants.items(), key=lambda one: one[1].number):
            on = translation.plural(variant.hosts, "host", self.language)
            title = word("variant", number=variant.number, hosts=on)
            yield f'<h3 class="why" id="sql-{digest}">{title}</h3>\n'
            if variant.parameters:
                yield f'<dl class="about">\n{variant.parameters}</dl>\n'
            for key, statement in variant.statements:
                yield f'<p class="quiet">{write_text(key)}</p>\n'
                yield f'<pre tabindex="0" translate="no"><code>{write_text(statement)}</code></pre>\n'
        if known.variants:
            yield "</section>\n"
