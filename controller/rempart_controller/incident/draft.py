"""The draft of a notification: the content of article 33(3) GDPR, what is known filled in, what is missing marked.

Source: Regulation (EU) 2016/679, articles 33 and 34. It is a draft for a person to complete: nothing is sent.
"""

from collections.abc import Iterator

from rempart_controller.incident.clock import GDPR_HOURS, read_utc
from rempart_controller.incident.encryption import Encryption, tell_encryption
from rempart_controller.incident.incident_state import Standing, holds_evidence
from rempart_core.messages.labels import Labels
from rempart_core.model.result import State
from rempart_core.text import clean
from rempart_core.timestamps import write_moment
from rempart_reports.writing.translation import colon

_POINTS = (
    ("point_nature", ("nature", "people", "people_count", "records", "records_count")),
    ("point_contact", ("contact",)),
    ("point_consequences", ("consequences",)),
    ("point_measures", ("measures",)),
)
"""Headings, each with the facts that stand below it."""
_REQUIRED = tuple(name for _, names in _POINTS for name in names)
_MEASURES = {"isolate": "did_isolate", "release": "did_release"}


def find_missing(standing: Standing) -> list[str]:
    """Return the names of the facts of article 33(3) that nobody has told yet."""
    return [name for name in _REQUIRED if not standing.facts.get(name)]


def write_draft(standing: Standing, language: str, now: int, disks: Encryption | None = None) -> str:
    """Return the draft.

    Args:
        standing: The incident.
        language: ``en`` or ``fr``.
        now: The moment, seconds since 1970.
        disks: What was encrypted when awareness began; None where that is not looked up.
    """
    return "\n".join(_Writer(standing, language, disks).lines(now)) + "\n"


class _Writer:
    def __init__(self, standing: Standing, language: str, disks: Encryption | None) -> None:
        self._standing = standing
        self._disks = disks
        self._label = Labels("incident_draft", language)
        self._name = Labels("incident_detail", language)
        self._question = Labels("incident_question", language)

    def lines(self, now: int) -> Iterator[str]:
        """Yield the lines of the draft."""
        standing, label = self._standing, self._label
        end = standing.aware + GDPR_HOURS * 3600
        yield label("title")
        yield label("reference", incident=standing.incident)
        yield label("aware_until", aware=write_moment(standing.aware), end=write_moment(end))
        for heading, names in _POINTS:
            yield ""
            yield label(heading)
            yield from map(self._point, names)
        yield from self._measures()
        if now > end or standing.facts.get("delay"):
            yield ""
            yield label("point_delay")
            yield self._point("delay")
        if find_missing(standing):
            yield ""
            yield label("in_phases")
        yield ""
        yield label("point_informed")
        yield f"  {self._informed()}"
        if self._disks is not None and self._disks.state is State.PASS:
            yield f"  {label('unintelligible')}"

    def _point(self, name: str) -> str:
        value = self._standing.facts.get(name)
        told = clean(value).replace("\n", "\n    ") if value else self._ask(name)
        return f"  - {self._name(name)}{colon(self._name.language)}{told}"

    def _ask(self, name: str) -> str:
        return self._label("missing", what=self._question(name))

    def _measures(self) -> Iterator[str]:
        """Yield the measures that the timeline itself knows of."""
        if self._disks is not None:
            told = tell_encryption(self._disks, self._standing.host, self._standing.aware, self._label.language)
            yield f"  - {told}"
        for one in filter(holds_evidence, self._standing.collections):
            yield f"  - {self._label('did_collect', time=str(one.get('time', '')))}"
        for entry in self._standing.record.entries:
            if entry.outcome == "done" and entry.action in _MEASURES:
                yield f"  - {self._label(_MEASURES[entry.action], time=entry.time)}"

    def _informed(self) -> str:
        """Return what is known of the information of the people concerned."""
        decisions = self._standing.decisions
        informed, reason = decisions.get("informed"), decisions.get("not_informing")
        if informed:
            at = write_moment(read_utc(str(informed.get("at", ""))))
            return self._label("told_informed", at=at, told=str(informed.get("text", "")))
        if reason:
            return self._label("told_not_informing", told=str(reason.get("text", "")))
        return self._ask("informed")
