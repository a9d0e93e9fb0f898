"""What the organisation keeps: its registers with their evidence, its people by team, its incidents.

Persons stand by their pseudonym at most, and teams of fewer than five are not counted in sight: of registers only ids,
dates, numbers and words from fixed lists are told, never a text that somebody wrote.
"""

from collections.abc import Iterator, Mapping, Sequence

from rempart_core.messages.labels import Labels
from rempart_core.registers.register import Register, Registers, State
from rempart_reports.views.document import Block, Paragraph, Section, Table
from rempart_reports.writing.translation import day, moment, number

LEAST = 5
"""Persons of a team from which their number is told."""
_RISKS = {"unlikely": "risk_unlikely", "risk": "risk_risk", "high": "risk_high"}


def tell_people(registers: Registers, language: str) -> Iterator[Section]:
    """Yield the parts on registers, people and incidents.

    Args:
        registers: What is kept.
        language: ``en`` or ``fr``.
    """
    yield _tell_registers(registers, language)
    yield _tell_teams(registers, language)
    yield _tell_breaches(registers["breaches"], language)


def _tell_registers(registers: Registers, language: str) -> Section:
    label = Labels("dossier", language)
    rows = tuple(_row(one, language) for one in registers.registers.values() if one.state is not State.MISSING)
    absent = [one.name for one in registers.registers.values() if one.state is State.MISSING]
    heads = tuple(
        label(one) for one in ("register", "confirmed", "entries", "by_file", "by_statement", "unproved", "troubles")
    )
    blocks: list[Block] = [Paragraph(label("registers_about"), "quiet")]
    if rows:
        blocks.append(Table(heads, rows, 2))
    if absent:
        blocks.append(Paragraph(label("registers_absent", names=", ".join(absent))))
    return Section(label("registers"), tuple(blocks), len(rows))


def _row(one: Register, language: str) -> tuple[str, ...]:
    label = Labels("dossier", language)
    if one.state is State.MALFORMED or one.head is None:
        return one.name, label("malformed"), "–", "–", "–", "–", number(len(one.mistakes), language)
    proofs = ["–"] * 3
    if one.contract.evidence:
        kinds = [row.get("proof", "") for row in one.rows]
        proofs = [number(kinds.count(kind), language) for kind in ("file", "statement", "")]
    troubles = len(one.troubles)
    return one.name, day(one.head.as_of, language), number(len(one.rows), language), *proofs, number(troubles, language)


def _tell_teams(registers: Registers, language: str) -> Section:
    label = Labels("dossier", language)
    present = [row for row in registers["people"].rows if not row["left"]]
    counts: dict[str, int] = {}
    for row in present:
        counts[row["team"]] = counts.get(row["team"], 0) + 1
    if not counts:
        return Section(label("people"), (Paragraph(label("no_roster")),))
    hidden = hide_small(counts)
    phishing = _sum_phishing(registers["phishing"].rows)
    heads = (label("team"), label("persons"), label("targets"), label("clicked"), label("reported"))
    rows = []
    for team in sorted(counts):
        told = [number(value, language) for value in phishing.get(team, (0, 0, 0))] if team in phishing else ["–"] * 3
        if team in hidden:
            count = f"< {LEAST}" if counts[team] < LEAST else label("hidden")
            told = ["–"] * 3
        else:
            count = number(counts[team], language)
            targets = phishing.get(team, (0, 0, 0))[0]
            if 0 < targets < LEAST:
                told = [f"< {LEAST}"] * 3
        rows.append((team, count, *told))
    return Section(label("people"), (Paragraph(label("people_about"), "quiet"), Table(heads, tuple(rows), 1)))


def hide_small(counts: Mapping[str, int]) -> frozenset[str]:
    """Return the teams whose numbers are not told: the small ones, and, where that is one alone, the next smallest.

    Otherwise whoever knows the sum would know the small one.

    Args:
        counts: Persons by team.
    """
    small = sorted((count, team) for team, count in counts.items() if count < LEAST)
    if len(small) == 1 and len(counts) > 1:
        small.append(min((count, team) for team, count in counts.items() if count >= LEAST))
    return frozenset(team for _, team in small)


def _sum_phishing(rows: Sequence[Mapping[str, str]]) -> dict[str, tuple[int, ...]]:
    """Return targets, clicks and reports of each team's newest campaign."""
    found: dict[str, tuple[int, ...]] = {}
    for row in sorted(rows, key=lambda row: row["date"]):
        found[row["team"]] = tuple(int(row[name] or 0) for name in ("targets", "clicked", "reported"))
    return found


def _tell_breaches(register: Register, language: str) -> Section:
    label = Labels("dossier", language)
    heads = tuple(label(one) for one in ("incident", "aware", "risk_level", "concerned", "notified", "informed"))
    rows = tuple(
        (
            row["id"],
            moment(row["aware"], language),
            label(_RISKS.get(row["risk"], "undecided")),
            number(int(row["people_count"]), language) if row["people_count"] else "–",
            moment(row["notified"], language) or "–",
            moment(row["informed"], language) or "–",
        )
        for row in register.rows
    )
    if register.state is State.MISSING:
        return Section(label("incidents"), (Paragraph(label("no_breaches")),))
    about = Paragraph(label("incidents_about"), "quiet")
    return Section(
        label("incidents"), (about, Table(heads, rows)) if rows else (about, Paragraph(label("none"))), len(rows)
    )
