"""The pages of frameworks: what the checks came to over the fleet for each requirement. None says that it is met."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from rempart_core.text import Text
from rempart_reports.formats.html.summary import VERDICT_ICONS
from rempart_reports.views.requirement import VERDICTS, order_frameworks, order_requirements
from rempart_reports.writing.translation import name
from rempart_server.pages.asking import Asking, NotFound
from rempart_server.pages.check import read_sums
from rempart_server.pages.frame import Shown
from rempart_server.pages.known import Known, known_to
from rempart_server.pages.memory import Memory
from rempart_store.read.check_view import CheckSum

if TYPE_CHECKING:
    from rempart_store.connection import Connection


_WORDS = {
    "gap": "v_gap",
    "unjudged": "v_unjudged",
    "accepted": "v_accepted",
    "seen": "v_seen",
    "nothing": "v_nothing",
}


class RequirementLine(NamedTuple):
    """One requirement over the fleet.

    Attributes:
        name: Its id.
        title: What it is about; None where that is not known.
        verdict: One of :data:`rempart_reports.views.requirement.VERDICTS`.
        checks: The checks that support it, each with its sums; what fails on most hosts first.
    """

    name: str
    title: Text | None
    verdict: str
    checks: list[CheckSum]


def judge(checks: list[CheckSum]) -> str:
    """Return what checks come to together over a fleet: a gap anywhere is one.

    Args:
        checks: With their sums.
    """

    def has(*kinds: str) -> bool:
        return any(one.kinds[kind] for one in checks for kind in kinds)

    if has("fail"):
        return "gap"
    if has("error", "not_checked"):
        return "unjudged"
    return "accepted" if has("waived") else "seen" if has("pass") else "nothing"


def read_requirements(known: Known, framework: str, sums: Mapping[str, CheckSum]) -> list[RequirementLine]:
    """Return the requirements of a framework, as people count.

    Args:
        known: What the content says.
        framework: Its id.
        sums: Checks over the fleet, by id, what fails on most hosts first.
    """
    found: dict[str, list[CheckSum]] = {}
    for id_, one in sums.items():
        check = known.checks.get(id_)
        for requirement in check.controls.get(framework, ()) if check else ():
            found.setdefault(requirement, []).append(one)
    titles = known.frameworks[framework].requirements if framework in known.frameworks else {}
    names = order_requirements({*found, *titles})
    return [
        RequirementLine(
            one, titles[one].title if one in titles else None, judge(found.get(one, [])), found.get(one, [])
        )
        for one in names
    ]


def show(asking: Asking, connection: "Connection", memory: Memory) -> Shown:
    """Return the page of a framework, or, where none is named, of all.

    Args:
        asking: Who asks, and for what.
        connection: Reads.
        memory: The worker's.

    Raises:
        NotFound: There is none of that name.
    """
    known = known_to(asking.context)
    found = read_sums(asking, connection, memory)
    sums = {one.check: one for one in found.value}
    ids = order_frameworks({one for check in known.checks.values() for one in check.controls})
    titles = {one: _title(known, one, asking.language) for one in ids}
    wanted = asking.request.path_params.get("framework", "")
    if wanted and wanted not in ids:
        raise NotFound
    rows = read_requirements(known, wanted, sums) if wanted else []
    overview = {one: _count(read_requirements(known, one, sums)) for one in ids} if not wanted else {}
    values: dict[str, Any] = {
        "titles": titles,
        "wanted": wanted,
        "rows": rows,
        "overview": overview,
        "verdicts": VERDICTS,
        "verdict_words": _WORDS,
        "icons": VERDICT_ICONS,
        "made": found.made,
        "link_at": f"?at={asking.text('at')}" if asking.text("at") else "",
    }
    title = titles[wanted] if wanted else asking.labels("frameworks")
    return Shown("framework_page.html", title, values)


def _title(known: Known, framework: str, language: str) -> str:
    one = known.frameworks.get(framework)
    return one.name.get(language) if one else name(framework, language)


def _count(rows: list[RequirementLine]) -> dict[str, int]:
    return {verdict: sum(row.verdict == verdict for row in rows) for verdict in VERDICTS}
