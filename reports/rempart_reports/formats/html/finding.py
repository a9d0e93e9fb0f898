"""One result as HTML: what the page of a run is mostly made of, so it is put together here and not by a template.

A fleet has hundreds of thousands of results; a template takes ten times as long for each. Everything that comes from a
run goes through ``safe_text``, which cleans and escapes it; everything else is our own.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache

from markupsafe import Markup

from rempart_core.model.check import Remediation
from rempart_core.model.result import AppliedWaiver, Result
from rempart_core.text import NOTHING, Text
from rempart_reports.formats.html.evidence import EvidenceWriter
from rempart_reports.formats.html.safe_text import (
    REMEMBERED,
    name_anchor,
    write_icon,
    write_own,
    write_text,
    write_typeset,
    write_value,
)
from rempart_reports.views.change_outcome import describe_note, icon_of, note_of
from rempart_reports.views.evidence_rows import SHOWN
from rempart_reports.views.fix import list_fix
from rempart_reports.views.host import kind_of, name_area
from rempart_reports.writing import translation
from rempart_reports.writing.page_words import page_word


class Fragment:
    """Writes results in one language.

    Args:
        language: ``en`` or ``fr``.
        link: Gives for a result the address of the page that tells what is the same on all hosts (what it supports,
            the statements as they were sent), or ``""`` where all of it must be told here. None: there are no such
            pages.
        tell: Gives for a result what a store knows of it, ``""`` for nothing. None: there is no store.
        appendix: Whether an appendix of the page holds the statements, so that nobody looks for them here.
    """

    def __init__(
        self,
        language: str,
        link: Callable[[Result], str] | None = None,
        tell: Callable[[Result], str] | None = None,
        *,
        appendix: bool = False,
    ) -> None:
        self._language = language
        self._link = link
        self._tell = tell
        self._appendix = appendix
        self._colon = translation.colon(language)
        self._evidence = EvidenceWriter(language)
        self._write_fix = lru_cache(maxsize=REMEMBERED)(self._make_fix)
        self._write_sql = lru_cache(maxsize=REMEMBERED)(self._make_sql)
        self._write_supports = lru_cache(maxsize=REMEMBERED)(self._make_supports)
        self._own = lru_cache(maxsize=REMEMBERED)(self._make_own)
        self._area = lru_cache(maxsize=REMEMBERED)(self._make_area)
        self._write_scope = lru_cache(maxsize=REMEMBERED)(self._make_scope)
        self._write_parameters = lru_cache(maxsize=REMEMBERED)(self._make_parameters)

    def _word(self, key: str, **values: str) -> str:
        return page_word(key, self._language, **values)

    def articles(self, results: list[Result], prefix: str, printed: int = SHOWN) -> Markup:
        """Return open findings, their worst rows in sight; ``printed`` of these are printed.

        Args:
            results: The findings, in the order in which they stand.
            prefix: What the names of anchors begin with, so that they differ on one page.
            printed: How many rows of evidence a printed page has of each.
        """
        return _join(self._write_article(result, prefix, SHOWN, printed) for result in results)

    def accepted(self, results: list[Result], prefix: str) -> Markup:
        """Return findings that do not count, and why; what was seen is behind it.

        Args:
            results: The findings, in the order in which they stand.
            prefix: See ``articles``.
        """
        return _join(self._write_article(result, prefix, 0, 0) for result in results)

    def reasons(self, groups: list[tuple[str, list[Result]]], prefix: str) -> Markup:
        """Return results without a verdict: a line for each reason with the ids, and the checks behind it.

        Args:
            groups: Each reason, in the page's language, with the results that have it.
            prefix: See ``articles``.
        """
        return _join(self._write_reason(reason, results, prefix) for reason, results in groups)

    def passes(self, results: list[Result], prefix: str) -> Markup:
        """Return what passed: a line each, and what it does not cover behind it.

        Args:
            results: The results, in the order in which they stand.
            prefix: See ``articles``.
        """
        return _join(self._write_pass(result, prefix) for result in results)

    def appendix(self, results: list[Result], prefix: str) -> Markup:
        """Return the statements of each result as they were sent, and what was seen of those that pass.

        Args:
            results: The results, in the order in which they stand.
            prefix: See ``articles``.
        """
        return _join(self._write_whole(result, prefix) for result in results)

    def alone(self, result: Result, prefix: str) -> Markup:
        """Return one result with all of its evidence and the statements as they were sent.

        Args:
            result: The result.
            prefix: See ``articles``.
        """
        kind, anchor = kind_of(result), f"{prefix}-{name_anchor(result.check)}"
        rows = sum(len(one.rows) for one in (result.evidence, result.witness) if one)
        said = (
            ""
            if kind in {"fail", "waived", "known"}
            else write_value(result.reason.get(self._language), self._language)
        )
        reason = f'<p class="said" translate="no">{said}</p>\n' if said.strip() else ""
        fix = "" if kind in {"pass", "not_applicable"} else self._write_fix(result.remediation, result.check)
        sql = self._write_sql(tuple(result.sql.items())) if result.sql else ""
        asked = f'<details class="sql"><summary>{self._word("sql")}</summary>\n{sql}</details>\n' if sql else ""
        return Markup(  # noqa: S704 - each part is escaped where it is written
            f'<article class="check k-{kind} s-{result.severity.value}" id="{anchor}" aria-labelledby="{anchor}-t">\n'
            f'<h2 id="{anchor}-t">{self._write_head(result, kind)}</h2>\n{reason}'
            f"{self._write_seen(result, kind, rows, SHOWN)}{fix}"
            f"{self._write_about_list(result, kind)}{asked}</article>\n"
        )

    def parameters(self, result: Result) -> str:
        """Return the parameters in force, a part of a list; ``""`` for none."""
        return self._write_parameters(repr(result.parameters)) if result.parameters else ""

    def steps(self, remediation: Remediation) -> Markup:
        """Return what a person does about a finding, step by step, by system where several are told."""
        return Markup(self._write_steps(remediation))  # noqa: S704 - escaped there

    def scope(self, result: Result) -> Markup:
        """Return what the check does not examine; ``""`` where it does not say."""
        return Markup(self._write_scope(result.not_examined, result.complete))  # noqa: S704 - escaped there

    def _write_head(self, result: Result, kind: str) -> str:
        severity = result.severity.value
        lead = "" if kind == "fail" else f"{self._word(kind)}, "
        return (
            f'{write_icon(kind, severity if kind == "fail" else "")} <span class="id">{write_text(result.check)}'
            f'</span> <span class="name">{self._own(result.title)}</span> <span class="tag k-{kind} s-{severity}">'
            f'{lead}{self._word(severity)}</span> <span class="quiet">{self._area(result.area)}</span>'
        )

    def _write_article(self, result: Result, prefix: str, shown: int, printed: int) -> str:
        kind, anchor = kind_of(result), f"{prefix}-{name_anchor(result.check)}"
        return (
            f'<article class="check k-{kind} s-{result.severity.value}" id="{anchor}" aria-labelledby="{anchor}-t">\n'
            f'<h3 id="{anchor}-t">{self._write_head(result, kind)}</h3>\n'
            f"{self._write_seen(result, kind, shown, printed)}"
            f"{self._write_fix(result.remediation, result.check)}{self._write_about(result, kind)}</article>\n"
        )

    def _write_reason(self, reason: str, results: list[Result], prefix: str) -> str:
        kind = kind_of(results[0])
        ids = ", ".join(write_text(result.check) for result in results)
        inside = "".join(self._write_unjudged(result, prefix) for result in results)
        said = write_value(reason, self._language) if reason.strip() else self._word(kind)
        return (
            f'<details class="reason">\n<summary>{write_icon(kind)} <span class="clamp"><span class="why" '
            f'translate="no">{said}</span> <span class="ids">{ids}</span></span></summary>\n{inside}</details>\n'
        )

    def _write_unjudged(self, result: Result, prefix: str) -> str:
        kind, anchor = kind_of(result), f"{prefix}-{name_anchor(result.check)}"
        return (
            f'<div class="unjudged" id="{anchor}">\n<p class="line">{self._write_head(result, kind)}</p>\n'
            f"{self._write_seen(result, kind, SHOWN, SHOWN)}{self._write_about(result, kind)}</div>\n"
        )

    def _write_pass(self, result: Result, prefix: str) -> str:
        kind, anchor = kind_of(result), f"{prefix}-{name_anchor(result.check)}"
        return (
            f'<details class="check-folded" id="{anchor}">\n<summary>{write_icon(kind)} <span class="id">'
            f'{write_text(result.check)}</span> <span class="name">{self._own(result.title)}</span></summary>\n'
            f'<div class="text">{self._write_notes(result)}{self._write_about_list(result, kind)}</div>\n</details>\n'
        )

    def _write_whole(self, result: Result, prefix: str) -> str:
        kind = kind_of(result)
        seen = "".join(
            self._evidence.write(evidence, result, len(evidence.rows), len(evidence.rows))
            for evidence in (result.evidence, result.witness)
            if evidence and kind == "pass"
        )
        sql = self._write_sql(tuple(result.sql.items())) if result.sql else ""
        return (
            f'<h3 class="line" id="{prefix}-sql-{name_anchor(result.check)}"><span class="id">'
            f"{write_text(result.check)}</span> {self._own(result.title)}</h3>\n{seen}{sql}"
        )

    def _write_notes(self, result: Result) -> str:
        """Return what a store, a change and waivers say of a result."""
        told = self._tell(result) if self._tell else ""
        parts = [f'<p class="since">{write_text(told)}</p>\n'] if told else []
        parts += [self._write_change(result)] if result.change is not None else []
        parts += [self._write_waiver(result.waiver)] if result.waiver else []
        parts += [self._write_waiver(waiver) for waiver in result.expired_waivers]
        return "".join(parts)

    def _write_seen(self, result: Result, kind: str, shown: int, printed: int) -> str:
        parts = [self._write_notes(result)]
        if not result.evidence and kind in {"fail", "waived", "known"}:
            reason = write_value(result.reason.get(self._language), self._language)
            parts.append(f'<p class="said" translate="no">{reason}</p>\n')
        parts += [
            self._evidence.write(evidence, result, shown, printed)
            for evidence in (result.evidence, result.witness)
            if evidence
        ]
        if result.incomplete:
            parts.append(f'<p class="said">{self._word("incomplete")}</p>\n')
        return "".join(parts)

    def _write_about(self, result: Result, kind: str) -> str:
        return (
            f'<details class="about-it"><summary>{self._word("about_it")}</summary>\n'
            f"{self._write_about_list(result, kind)}</details>\n"
        )

    def _write_about_list(self, result: Result, kind: str) -> str:
        address = self._link(result) if self._link else ""
        whole, passed = not address, kind == "pass"
        about = "" if passed else f"<div><dt>{self._word('why')}</dt><dd>{self._own(result.rationale)}</dd></div>\n"
        if whole:
            about += self._write_scope(result.not_examined, result.complete)
        elif passed and result.not_examined:
            told = f'<a href="{address.partition("#")[0]}#about-t">{self._word("not_examined_more")}</a>'
            about += f"<div><dt>{self._word('not_examined')}</dt><dd>{told}</dd></div>\n"
        if result.parameters and (not passed or "#" not in address):  # else the place behind the # tells them
            about += self.parameters(result)
        if whole and result.controls:
            about += self._write_supports(tuple((name, tuple(ids)) for name, ids in result.controls.items()))
        sql = self._write_sql(tuple(result.sql.items())) if self._link and whole and result.sql else ""
        listed = f'<dl class="about">\n{about}</dl>\n' if about else ""
        return f"{listed}{sql}{self._write_source(result, address)}"

    def _write_source(self, result: Result, address: str) -> str:
        source = f"{self._word('revision')} {result.revision}"
        if address:
            more = f' · <a href="{address}">{self._word("check_everywhere")}</a>'
        else:
            source += f" · {write_text(result.path)}"
            more = ""
        return f'<p class="fine">{source} · {translation.duration(result.seconds, self._language)}{more}</p>\n'

    def _write_change(self, result: Result) -> str:
        note = note_of(result, self._language)
        if note is None:
            return ""
        lines = "<br>".join(write_text(line) for line in describe_note(note, self._language))
        kind = icon_of(note)
        icon = write_icon(kind, result.severity.value if kind == "fail" else "")
        return f'<p class="outcome o-{note.outcome.value}">{icon} {lines}</p>\n'

    def _write_waiver(self, waiver: AppliedWaiver) -> str:
        language, key = self._language, "expired" if waiver.expired else "waived_until"
        icon = write_icon("fail", "high") if waiver.expired else write_icon("waived")
        day = write_text(translation.day(waiver.end, language))
        told = self._word(key, day=day, reason=write_value(waiver.reason, language))
        about = self._word("by", owner=write_value(waiver.owner, language))
        if waiver.ticket:
            about += f", {self._word('ticket', ticket=write_text(waiver.ticket))}"
        if waiver.items:
            about += f", {self._word('items', items=write_text(', '.join(waiver.items)))}"
        if waiver.target != "*":
            about += f", {self._word('target').lower()} {write_text(waiver.target)}"
        expired = " expired" if waiver.expired else ""
        said = f'{icon} {told} <span class="quiet">({about})</span>'
        return f'<p class="waiver{expired}"><span class="clamp">{said}</span></p>\n'

    def _make_parameters(self, written: str) -> str:
        """Return the parameters in force; a mapping is no key of a memory, what it is written as in Python is one."""
        import ast
        import json

        lines = ""
        for key, value in ast.literal_eval(written).items():
            told = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
            lines += f'<code class="line-of-its-own">{write_text(key)} = {write_value(told, self._language)}</code>'
        return f'<div><dt>{self._word("parameters")}</dt><dd translate="no">{lines}</dd></div>\n'

    def _make_scope(self, lines: tuple[Text, ...], complete: Text) -> str:
        if lines:
            told = f"<ul>{''.join(f'<li>{self._own(line)}</li>' for line in lines)}</ul>"
        elif complete != NOTHING:
            told = self._word("complete", why=self._own(complete))
        else:
            return ""
        return f"<div><dt>{self._word('not_examined')}</dt><dd>{told}</dd></div>\n"

    def _make_own(self, text: Text) -> str:
        return write_own(text, self._language)

    def _make_area(self, area: str) -> str:
        return write_text(name_area(area, self._language))

    def _make_fix(self, remediation: Remediation, check: str) -> str:
        quiet = remediation.disruption == "none"  # "How to fix it none" says nothing
        disruption = write_text(
            page_word("no_disruption", self._language)
            if quiet
            else translation.name(remediation.disruption, self._language).lower()
        )
        word = self._word
        return (
            f'<details class="fix"><summary><b>{word("fix")}</b> <span class="quiet">{disruption}</span></summary>\n'
            f'{self._write_steps(remediation)}\n<p class="fine">{word("role_of")} <code>'
            f"{write_text(remediation.role)}</code>, {word('tag')} <code>{write_text(check)}</code></p></details>\n"
        )

    def _write_steps(self, remediation: Remediation) -> str:
        if not remediation.steps:
            return f"<p>{self._own(remediation.manual)}</p>"
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
        return f"<div><dt>{self._word('supports')}</dt><dd>{told}</dd></div>\n"

    def _make_sql(self, statements: tuple[tuple[str, str], ...]) -> str:
        return "".join(
            f'<p class="quiet sql-name">{write_text(key)}</p>\n<pre tabindex="0" translate="no"><code>'
            f"{write_text(statement)}</code></pre>\n"
            for key, statement in statements
        )


def _join(pieces: Iterable[str]) -> Markup:
    return Markup("".join(pieces))  # noqa: S704 - each part is escaped where it is written
