"""Evidence as HTML: a line for each row, ten in sight and the others folded; of a long value its beginning."""

from markupsafe import escape

from rempart_core.model.result import Evidence, Result
from rempart_core.model.sentence import Piece
from rempart_core.typography import typeset
from rempart_reports.formats.html.safe_text import write_folding, write_icon, write_text
from rempart_reports.views.evidence_rows import SHOWN, SeenRow, see_rows
from rempart_reports.views.host import describe_counts
from rempart_reports.writing.page_words import count_word, page_word
from rempart_reports.writing.translation import colon


class EvidenceWriter:
    """Writes evidence in one language; all that comes from a run goes through ``safe_text``."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._empty = f'<span class="quiet">{self._word("empty")}</span>'
        self._expects = f"{self._word('expected').lower()}{colon(language)}"
        self._marks = {mark: self._word(mark) for mark in ("fail", "undecided", "pass")}

    def _word(self, key: str) -> str:
        return page_word(key, self._language)

    def write(self, evidence: Evidence, result: Result, shown: int = SHOWN, printed: int = SHOWN) -> str:
        """Return the rows of one statement.

        Args:
            evidence: What was seen.
            result: Whose evidence it is.
            shown: How many failing or undecided rows are in sight; the others, and passing ones, are folded.
            printed: How many of these are printed.
        """
        seen = see_rows(evidence, result.wording, self._language)
        spoken = "" if result.sentences is not None or self._language == "en" else ' lang="en"'
        about = (result.severity.value, spoken)
        place = next((n for n, row in enumerate(seen.rows) if row.mark == "pass"), len(seen.rows))
        place = min(place, shown)
        heading = self._word("witness" if evidence.statement == "cross_check" else "evidence")
        counts = f"<b>{heading}</b> {describe_counts(evidence, self._language)}"
        if seen.expected:
            value = self._pieces(seen.expected)
            counts += f' · <span class="expected">{self._expects}<span{spoken}>{value}</span></span>'
        if evidence.statement == "fallback":
            counts += f" · {self._word('fallback')}"
        parts = [f'<div class="counts"><div class="clamp">{counts}</div></div>\n']
        parts += [self._list(seen.rows[:place], about, printed)] if place else []
        rest = seen.rows[place:]
        if rest:
            told = count_word("folded_rows", len(rest), self._language) if place else self._word("seen_rows")
            parts.append(
                f'<details class="more"><summary>{told}</summary>\n{self._list(rest, about, len(rest))}</details>\n'
            )
        if place > printed:
            told = count_word("printed_rows", len(seen.rows) - printed, self._language)
            parts.append(f'<p class="printed fine">{told}</p>\n')
        return "".join(parts)

    def _list(self, rows: list[SeenRow], about: tuple[str, str], printed: int) -> str:
        lines = "".join(self._row(row, about[0], beyond=place >= printed) for place, row in enumerate(rows))
        return f'<ul class="rows"{about[1]} translate="no">\n{lines}</ul>\n'

    def _row(self, row: SeenRow, severity: str, *, beyond: bool) -> str:
        icon = write_icon(row.mark, severity if row.mark == "fail" else "")
        item, observed = self._pieces(row.item), self._pieces(row.observed)
        more = ""
        if row.expected:
            more = f' <span class="expected">· {self._expects}{self._pieces(row.expected)}</span>'
        for name, value in row.more:
            named = f'<span class="quiet">{write_text(name[:100])}</span> {self._column(value)}'
            more += f' <span class="column">· {named}</span>'
        return (
            f'<li class="row-{row.mark}{" beyond" if beyond else ""}">{icon}<span class="unseen">'
            f'{escape(self._marks[row.mark])}: </span><div class="clamp"><b class="item">{item}</b> '
            f'<span class="observed">{observed}</span>{more}</div></li>\n'
        )

    def _column(self, pieces: tuple[Piece, ...]) -> str:
        """Return a value that no sentence tells."""
        language = self._language
        return "".join(
            write_folding(piece.text, language) if piece.data else write_text(typeset(piece.text, language))
            for piece in pieces
        )

    def _pieces(self, pieces: tuple[Piece, ...]) -> str:
        """Return words of ours, and data marked as such."""
        language = self._language
        told = "".join(
            f"<code>{write_folding(piece.text, language)}</code>"
            if piece.data
            else write_text(typeset(piece.text, language))
            for piece in pieces
            if piece.text
        )
        return told or self._empty
