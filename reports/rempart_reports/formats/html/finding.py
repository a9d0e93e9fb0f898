"""One result as HTML: what the page of a run is mostly made of, so it is put together here and not by a template.

A fleet has hundreds of thousands of results; a template takes ten times as long for each. Everything that comes from a
run goes through :meth:`Fragment.text`, which cleans and escapes it; everything else is our own.
"""

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from markupsafe import Markup, escape

from rempart_core.model.check import Remediation, Severity
from rempart_core.model.result import AppliedWaiver, Evidence, Result
from rempart_core.model.sentence import Piece, Wording, speak
from rempart_core.text import NOTHING, Text, clean
from rempart_reports.views.change_outcome import describe_note, icon_of, note_of
from rempart_reports.views.chart import KINDS, AreaRow
from rempart_reports.views.fix import list_fix
from rempart_reports.views.host import describe_counts, kind_of, name_area
from rempart_reports.writing import translation
from rempart_reports.writing.evidence import COLUMNS, mark_of, told_columns
from rempart_reports.writing.vocabulary import WORDS

VALUE_LENGTH = 4000  # characters of one value; what is more is counted and left to the JSON report
_SPECIAL = re.compile(r"""[&<>"']|##|::|\[\[|[^ -~]""").search  # most values have none
_REMEMBERED = 1024  # pieces that are the same on many hosts


def protect(value: Any) -> Any:
    """Return a value as it may stand in the page: clean, escaped, and harmless in a log that it is printed into.

    A second ``#``, ``:`` or ``[`` becomes a character reference: the reader sees the same, a build service no command.
    """
    if isinstance(value, Markup):
        return value
    text = str(value)
    if not _SPECIAL(text):
        return Markup(text)  # noqa: S704 - there is nothing to escape
    text = str(escape(clean(text)))
    for double in ("##", "::", "[["):
        if double in text:
            text = text.replace(double, f"{double[0]}&#{ord(double[0])};")
    return Markup(text)  # noqa: S704 - escaped a few lines above


def write_text(text: str) -> str:
    """Return untrusted text as it may stand in the page; see :func:`protect`."""
    return str(protect(text)) if _SPECIAL(text) else text


def write_value(text: str, language: str) -> str:
    """Return an untrusted value, cut where it is huge with a word on how much."""
    more = len(text) - VALUE_LENGTH
    if more <= 0:
        return write_text(text)
    said = translation.word("cut_text", language).format(translation.number(more, language))
    return write_text(f"{text[:VALUE_LENGTH]}{said}")


def write_own(text: Text, language: str) -> str:
    """Return our own text, typeset, with what stands between backticks as code."""
    return write_typeset(translation.typeset(text.get(language), language))


def write_typeset(whole: str) -> str:
    """Return text that is typeset already, with what stands between backticks as code."""
    pieces = whole.split("`")
    if len(pieces) % 2 == 0:  # a backtick without its pair
        return write_text(whole)
    return "".join(
        write_text(piece) if place % 2 == 0 else f"<code>{write_text(piece)}</code>"
        for place, piece in enumerate(pieces)
    )


@cache
def write_icon(kind: str, severity: str = "") -> str:
    """Return the mark of a state."""
    more = f" s-{severity}" if severity else ""
    return f'<svg class="icon k-{kind}{more}" aria-hidden="true"><use href="#m-{kind}"/></svg>'


@lru_cache(maxsize=_REMEMBERED)
def name_anchor(check: str) -> str:
    """Return a check's id as a part of an anchor."""
    return re.sub(r"[^A-Za-z0-9-]", lambda m: f"_{ord(m[0]):x}", check)


class Fragment:
    """Writes results in one language.

    Args:
        language: ``en`` or ``fr``.
        link: Gives for a result the address of the page that tells what is the same on all hosts (why it matters, what
            it supports, the statements as they were sent), or ``""`` where all of it must be told here. None: there are
            no such pages.
        tell: Gives for a result what a store knows of it, ``""`` for nothing. None: there is no store.
    """

    def __init__(
        self,
        language: str,
        link: Callable[[Result], str] | None = None,
        tell: Callable[[Result], str] | None = None,
    ) -> None:
        self._language = language
        self._link = link
        self._tell = tell
        self._words = {key: translation.word(key, language) for key in WORDS}
        self._empty = f'<span class="quiet">{self._words["empty"]}</span>'
        self._colon = translation.colon(language)
        self._write_fix = lru_cache(maxsize=_REMEMBERED)(self._make_fix)
        self._write_sql = lru_cache(maxsize=_REMEMBERED)(self._make_sql)
        self._write_supports = lru_cache(maxsize=_REMEMBERED)(self._make_supports)
        self._write_head = lru_cache(maxsize=_REMEMBERED)(self._make_head)
        self._own = lru_cache(maxsize=_REMEMBERED)(self._make_own)
        self._area = lru_cache(maxsize=_REMEMBERED)(self._make_area)
        self._write_scope = lru_cache(maxsize=_REMEMBERED)(self._make_scope)
        self._write_parameters = lru_cache(maxsize=_REMEMBERED)(self._make_parameters)

    def articles(self, results: list[Result], prefix: str) -> Any:
        """Return results that are open or have no verdict: all of them in sight."""
        return Markup("".join(self._write_article(result, prefix) for result in results))  # noqa: S704 - escaped there

    def folded(self, results: list[Result], prefix: str) -> Any:
        """Return results that are no findings: one line each, and what led to it behind it."""
        return Markup("".join(self._write_folded(result, prefix) for result in results))  # noqa: S704 - escaped there

    def _write_article(self, result: Result, prefix: str) -> str:
        kind, severity, anchor = kind_of(result), result.severity.value, f"{prefix}-{name_anchor(result.check)}"
        return (
            f'<article class="check k-{kind} s-{severity}" id="{anchor}" aria-labelledby="{anchor}-t">\n'
            f'<div class="margin">{self._tag(kind, severity)} <span class="quiet">{self._area(result.area)}</span>'
            f'</div>\n<div class="text">\n<h3 id="{anchor}-t"><span class="id">{write_text(result.check)}</span> '
            f"{self._own(result.title)}</h3>\n{self._write_body(result, kind)}</div>\n</article>\n"
        )

    def _write_folded(self, result: Result, prefix: str) -> str:
        kind, anchor = kind_of(result), f"{prefix}-{name_anchor(result.check)}"
        return (
            f'<details class="check-folded" id="{anchor}">\n<summary>{write_icon(kind)}<span class="id">'
            f'{write_text(result.check)}</span> <span class="name">{self._own(result.title)}</span> '
            f'<span class="quiet">{self._area(result.area)}, {self._words[result.severity.value]}</span></summary>\n'
            f'<div class="text">{self._write_body(result, kind)}</div>\n</details>\n'
        )

    def areas(self, rows: list[AreaRow]) -> Any:
        """Return the lines of the table of areas: the marks of the checks, and their numbers."""
        return Markup("".join(map(self._write_area, rows)))  # noqa: S704 - each part is escaped where it is written

    def _write_area(self, row: AreaRow) -> str:
        area = self._area(row.area)
        told = ", ".join(f"{found} {self._words[kind]}" for kind, found in row.kinds.items() if found)
        marks = "".join(
            f'<use class="k-{mark.kind}{f" s-{mark.severity}" if mark.kind == "fail" else ""}" href="#m-{mark.kind}" '
            f'x="{mark.x}" y="{mark.y}" width="16" height="16"/>'
            for mark in row.marks
        )
        cells = "".join(
            f'<td class="n some s-{severity.value}">{found}</td>' if found else '<td class="n">0</td>'
            for severity, found in zip(Severity, row.severities, strict=True)
        ) + "".join(
            f'<td class="n some">{row.kinds[kind]}</td>' if row.kinds[kind] else '<td class="n">0</td>'
            for kind in KINDS
            if kind != "fail"
        )
        size = f'width="{row.width}" height="{row.height}" viewBox="0 0 {row.width} {row.height}"'
        return (
            f'<tr><th scope="row">{area}</th>\n<td><svg class="marks" role="img" '
            f'aria-label="{area}{self._colon}{told}" {size}>{marks}</svg></td>\n'
            f'{cells}<td class="n some">{row.total}</td></tr>\n'
        )

    def parameters(self, result: Result) -> str:
        """Return the parameters in force, a part of a list; ``""`` for none."""
        return self._write_parameters(repr(result.parameters)) if result.parameters else ""

    def scope(self, result: Result) -> Any:
        """Return what the check does not examine; ``""`` where it does not say."""
        return Markup(self._write_scope(result.not_examined, result.complete))  # noqa: S704 - escaped there

    def _tag(self, kind: str, severity: str) -> str:
        of_finding = severity if kind == "fail" else ""
        lead = "" if kind == "fail" else f"{self._words[kind]}{self._colon}"
        more = f" s-{severity}" if of_finding else ""
        return f'<span class="tag k-{kind}{more}">{write_icon(kind, of_finding)} {lead}{self._words[severity]}</span>'

    def _write_body(self, result: Result, kind: str) -> str:
        words = self._words
        told = self._tell(result) if self._tell else ""
        parts = [f'<p class="since">{write_text(told)}</p>\n'] if told else []
        parts += [self._write_change(result)] if result.change is not None else []
        parts += [self._write_waiver(result.waiver)] if result.waiver else []
        parts += [self._write_waiver(waiver) for waiver in result.expired_waivers]
        if not result.evidence or kind in {"error", "not_checked", "not_applicable"}:
            reason = write_value(result.reason.get(self._language), self._language)
            parts.append(f'<p class="reason" translate="no">{reason}</p>\n')
        for evidence in (result.evidence, result.witness):
            if evidence:
                parts.append(self._write_rows(evidence, result))
        if result.incomplete:
            parts.append(f'<p class="reason">{words["incomplete"]}</p>\n')
        address = self._link(result) if self._link else ""
        about = self._write_about(result, kind, address)
        if about:
            parts.append(f'<dl class="about">\n{about}</dl>\n')
        if not address and result.sql:
            parts.append(self._write_sql(tuple(result.sql.items())))
        seconds = translation.duration(result.seconds, self._language)
        more = f' · <a href="{address}">{words["check_everywhere"]}</a>' if address else ""
        source = f"{words['revision']} {result.revision}"
        if not address:
            source += f" · {write_text(result.path)}"
        parts.append(f'<p class="fine">{source} · {seconds}{more}</p>\n')
        return "".join(parts)

    def _write_about(self, result: Result, kind: str, address: str) -> str:
        whole, bad = not address, kind in {"fail", "error", "waived", "known"}
        about = self._write_fix(result.remediation, result.check) if bad else ""
        if whole or bad:
            about += f"<div><dt>{self._words['why']}</dt><dd>{self._own(result.rationale)}</dd></div>\n"
        if whole:
            about += self._write_scope(result.not_examined, result.complete)
        elif kind == "pass" and result.not_examined:
            told = f'<a href="{address.partition("#")[0]}#about-t">{self._words["not_examined_more"]}</a>'
            about += f"<div><dt>{self._words['not_examined']}</dt><dd>{told}</dd></div>\n"
        if result.parameters and (bad or "#" not in address):  # else the place behind the # tells them
            about += self.parameters(result)
        if whole and result.controls:
            about += self._write_supports(tuple((name, tuple(ids)) for name, ids in result.controls.items()))
        return about

    def _write_change(self, result: Result) -> str:
        note = note_of(result, self._language)
        if note is None:
            return ""
        lines = "<br>".join(write_text(line) for line in describe_note(note, self._language))
        kind = icon_of(note)
        icon = write_icon(kind, result.severity.value if kind == "fail" else "")
        return f'<p class="outcome o-{note.outcome.value}">{icon} {lines}</p>\n'

    def _write_waiver(self, waiver: AppliedWaiver) -> str:
        language, words = self._language, self._words
        said = words["expired" if waiver.expired else "waived_until"]
        icon = write_icon("fail", "high") if waiver.expired else write_icon("waived")
        told = said.format(write_text(translation.day(waiver.end, language)), write_value(waiver.reason, language))
        about = words["by"].format(write_value(waiver.owner, language))
        if waiver.items:
            about += f", {words['items'].format(write_text(', '.join(waiver.items)))}"
        if waiver.target != "*":
            about += f", {words['target'].lower()} {write_text(waiver.target)}"
        expired = " expired" if waiver.expired else ""
        return f'<p class="waiver{expired}">{icon} {told} <span class="quiet">({about})</span></p>\n'

    def _write_rows(self, evidence: Evidence, result: Result) -> str:
        columns = ("item", "observed", "expected", *_list_columns(evidence.rows, result.wording))
        marks = [mark_of(row) for row in evidence.rows]
        marked = any(mark != "pass" for mark in marks)  # where all pass, which the caption says, no row needs to
        english = self._language != "en" and result.sentences is None
        before, after = self._write_head(result.check, evidence.statement, columns, marked, english)
        parts = [before, describe_counts(evidence, self._language), after]
        if result.sentences:
            return "".join([*parts, self._write_spoken(evidence, result, marks, columns)])
        cells = [[row.get(column, "") for column in columns] for row in evidence.rows]
        whole = " ".join([value for values in cells for value in values])
        plain = len(whole) <= VALUE_LENGTH and not _SPECIAL(whole)  # as most are: one look at all of them
        for values, mark in zip(cells, marks, strict=True):
            parts.append(self._write_mark(mark, result) if marked else "<tr>")
            written = (
                [value or self._empty for value in values] if plain else [self._write_cell(value) for value in values]
            )
            parts.append(f"<td>{'</td><td>'.join(written)}</td></tr>\n")
        parts.append("</tbody>\n</table>\n</div>\n")
        return "".join(parts)

    def _write_spoken(self, evidence: Evidence, result: Result, marks: list[str], columns: tuple[str, ...]) -> str:
        """Return the lines of a table whose rows name sentences: words of ours, and data marked as code."""
        marked = any(mark != "pass" for mark in marks)
        parts = []
        for row, mark in zip(evidence.rows, marks, strict=True):
            parts.append(self._write_mark(mark, result) if marked else "<tr>")
            spoken = speak(row, result.wording, self._language)
            if spoken is None:
                told = [self._write_data(row.get(column, "")) for column in columns[:3]]
            else:
                told = [self._write_pieces(pieces) for pieces in spoken]
            told += [self._write_data(row.get(column, "")) for column in columns[3:]]
            parts.append(f"<td>{'</td><td>'.join(told)}</td></tr>\n")
        parts.append("</tbody>\n</table>\n</div>\n")
        return "".join(parts)

    def _write_mark(self, mark: str, result: Result) -> str:
        icon = write_icon(mark, result.severity.value if mark == "fail" else "")
        said = f'{icon}<span class="unseen">{self._words[mark]}</span>'
        return f'<tr class="row-{mark}"><td class="mark">{said}</td>'

    def _write_pieces(self, pieces: tuple[Piece, ...]) -> str:
        told = [
            self._write_data(piece.text) if piece.data else write_text(translation.typeset(piece.text, self._language))
            for piece in pieces
        ]
        return "".join(told) or self._empty

    def _write_data(self, value: str) -> str:
        return f"<code>{write_value(value, self._language)}</code>" if value else self._empty

    def _write_cell(self, value: str) -> str:
        return write_value(value, self._language) if value else self._empty

    def _make_head(
        self, check: str, statement: str, columns: tuple[str, ...], marked: bool, english: bool
    ) -> tuple[str, str]:
        """Return what stands before and behind the counts of a table of evidence; in ``english`` whatever the page."""
        words = self._words
        heading = words["witness" if statement == "cross_check" else "evidence"]
        fallback = f". {words['fallback']}" if statement == "fallback" else ""
        label = words["evidence_of"].format(write_text(check))
        named = "".join(f'<th scope="col">{words[column]}</th>' for column in columns[:3]) + "".join(
            f'<th scope="col" class="machine">{write_value(column, self._language)}</th>' for column in columns[3:]
        )
        of_mark = f'<th scope="col"><span class="unseen">{words["ok"]}</span></th>' if marked else ""
        lang = ' lang="en"' * english
        before = (
            f'<div class="scroll" role="group" tabindex="0" aria-label="{label}">\n'
            f'<table class="evidence{"" if marked else " passing"}">\n'
            f"<caption><span><b>{heading}</b> "
        )
        after = f'{fallback}</span></caption>\n<thead><tr>{of_mark}{named}</tr></thead>\n<tbody{lang} translate="no">\n'
        return before, after

    def _make_parameters(self, written: str) -> str:
        """Return the parameters in force; a mapping is no key of a memory, what it is written as in Python is one."""
        import ast
        import json

        lines = ""
        for key, value in ast.literal_eval(written).items():
            told = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
            lines += f'<code class="line-of-its-own">{write_text(key)} = {write_value(told, self._language)}</code>'
        return f'<div><dt>{self._words["parameters"]}</dt><dd translate="no">{lines}</dd></div>\n'

    def _make_scope(self, lines: tuple[Text, ...], complete: Text) -> str:
        if lines:
            told = f"<ul>{''.join(f'<li>{self._own(line)}</li>' for line in lines)}</ul>"
        elif complete != NOTHING:
            told = self._words["complete"].format(self._own(complete))
        else:
            return ""
        return f"<div><dt>{self._words['not_examined']}</dt><dd>{told}</dd></div>\n"

    def _make_own(self, text: Text) -> str:
        return write_own(text, self._language)

    def _make_area(self, area: str) -> str:
        return write_text(name_area(area, self._language))

    def _make_fix(self, remediation: Remediation, check: str) -> str:
        words = self._words
        disruption = write_text(translation.name(remediation.disruption, self._language).lower())
        return (
            f'<div><dt>{words["fix"]}</dt><dd>{self._write_steps(remediation)} <span class="quiet line-of-its-own">'
            f"{words['role_of']} <code>{write_text(remediation.role)}</code>, {words['tag']} "
            f"<code>{write_text(check)}</code> · {words['disruption']}{self._colon}{disruption}</span></dd></div>\n"
        )

    def _write_steps(self, remediation: Remediation) -> str:
        if not remediation.steps:
            return self._own(remediation.manual)
        told, opened = [], False
        for part in list_fix(remediation, self._language):
            if part.kind == "system":
                told.append(f"{'</ol>' if opened else ''}<p><b>{write_text(part.text)}</b></p>")
                opened = False
                continue
            told.append("" if opened else '<ol class="steps">')
            opened = True
            if part.kind == "command":
                told.append(f'<li><pre tabindex="0" translate="no"><code>{write_text(part.text)}</code></pre></li>')
            else:
                told.append(f"<li>{write_typeset(part.text)}</li>")
        return "".join(told) + ("</ol>" if opened else "")

    def _make_supports(self, controls: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
        told = " · ".join(
            f'<span class="control">{write_text(translation.name(framework, self._language))} '
            f"<b>{write_text(', '.join(requirements))}</b></span>"
            for framework, requirements in controls
        )
        return f"<div><dt>{self._words['supports']}</dt><dd>{told}</dd></div>\n"

    def _make_sql(self, statements: tuple[tuple[str, str], ...]) -> str:
        told = "".join(
            f'<p class="quiet">{write_text(key)}</p>\n<pre tabindex="0" translate="no"><code>{write_text(statement)}'
            "</code></pre>\n"
            for key, statement in statements
        )
        return f'<details class="sql"><summary>{self._words["sql"]}</summary>\n{told}</details>\n'


def _list_columns(rows: list[dict[str, str]], wording: Wording) -> list[str]:
    """Return the columns that rows have besides the four of every check, in the order of the statement.

    Of rows that are told in sentences those are left out whose data stands in these, and those that are empty.
    """
    if not wording.sentences:
        return list(dict.fromkeys(column for row in rows for column in row if column not in COLUMNS))
    told = told_columns(wording)
    some = [column for row in rows for column, value in row.items() if value and column not in COLUMNS]
    return list(dict.fromkeys(column for column in some if column not in told))
