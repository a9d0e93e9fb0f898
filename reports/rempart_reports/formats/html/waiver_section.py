"""The waivers of the files that were read, as a section of a single page: state, end, what each covers now."""

from typing import TYPE_CHECKING

from rempart_core.model.result import Run, TargetIdentity
from rempart_core.model.waiver import concerns
from rempart_reports.views.options import Options
from rempart_reports.views.waiver_list import WaiverList, WaiverRow, count_states
from rempart_reports.writing import translation
from rempart_reports.writing.page_words import count_word, page_word

if TYPE_CHECKING:
    from jinja2 import Environment

_SHOWN = 20  # waivers in sight


class WaiverSection:
    """Counts what waivers cover while runs pass by, and tells of each.

    Args:
        options: How the page is written; its waivers are told.
        alone: The target of a page of one run: only waivers that are written for it are told, the others counted.
    """

    def __init__(self, options: Options, alone: TargetIdentity | None) -> None:
        self._options = options
        given = [one for one in options.waivers if alone is None or concerns(one, alone.name, (alone.group,))]
        self._others = len(options.waivers) - len(given)
        self._waivers = WaiverList(given)
        self._alone = alone is not None

    def add(self, run: Run) -> None:
        """Count what waivers cover of a run; its outline is enough."""
        self._waivers.add(run)

    def write(self, environment: "Environment") -> str:
        """Return the section.

        Args:
            environment: What fills the templates of the page.
        """
        language = self._options.language
        rows = self._waivers.list(self._options.generated)
        counts = count_states(rows)
        states = {state: translation.number(count, language) for state, count in counts.items()}
        more = max(len(rows) - _SHOWN, 0)
        return environment.get_template("waiver_section.html").render(
            shown=rows if more == 1 else rows[:_SHOWN],
            folded=[] if more <= 1 else rows[_SHOWN:],
            more=count_word("folded_rows", more, language),
            printed=count_word("printed_rows", more, language),
            states=page_word("waivers_states", language, **states),
            others=count_word("waivers_others", self._others, language) if self._others else "",
            state_of=lambda row: describe_state(row, language),
            count=len(rows),
            alone=self._alone,
        )


def describe_state(row: WaiverRow, language: str) -> str:
    """Return in words whether a waiver is in force, and for how long.

    Args:
        row: The waiver.
        language: ``en`` or ``fr``.
    """
    if row.state == "future":
        return page_word("waiver_state_future", language, day=translation.day(row.begins, language))
    if row.state == "expired":
        return page_word("waiver_state_expired", language)
    told = page_word("waiver_state_in_force", language)
    if row.days is None:
        return told
    left = page_word("waiver_state_ends", language, days=translation.plural(row.days, "day", language))
    return f"{told}, {left if row.days else page_word('waiver_state_today', language)}"
