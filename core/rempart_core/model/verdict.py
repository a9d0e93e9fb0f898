"""From answers to states, by one table. Nothing passes that was not looked at."""

from typing import NamedTuple

from rempart_core.messages.message import Message
from rempart_core.messages.say import say
from rempart_core.model.result import FAILING_KEPT, PASSING_KEPT, Answer, Evidence, Failure, State
from rempart_core.model.sentence import SAID, Wording, list_whys, put_into_words, tell_row
from rempart_core.text import Text
from rempart_core.typography import COLON, SEMICOLON

NEEDED = ("item", "observed", "expected", "ok")
"""The columns that every answer to judge must have."""

NEEDS_ROOT = Text("needs root", "demande les droits de root")
UNANSWERED = Text("the machine did not answer it", "la machine n’y a pas répondu")
NOT_KEPT = Text("nobody keeps it", "personne ne le tient")
NEEDS_RUNNING_SYSTEM = Text("needs a running system", "demande un système en marche")
NOT_WALKED = Text(
    "the file systems were not walked (--walk)", "les systèmes de fichiers n’ont pas été parcourus (--walk)"
)
NOTHING_EXAMINED = Text("nothing was examined", "rien n’a été examiné")
NO_SYSTEM = Text(
    "no operating system was recognised: there is no os-release", "aucun système reconnu : il n’y a pas d’os-release"
)
PART_ONLY = Text("seen only in part", "vu en partie seulement")
SOURCE_UNREAD = Text("the source could not be read", "la source n’a pas pu être lue")
SOURCES_DISAGREE = Text("sources disagree", "les sources se contredisent")
UNDECIDED = Text("could not be decided", "n’a pas pu être décidé")


class Verdict(NamedTuple):
    """The state of one check, and what led to it; see :class:`rempart_core.model.result.Result`."""

    state: State
    reason: Text
    evidence: Evidence | None = None
    witness: Evidence | None = None
    incomplete: bool = False
    failure: str = ""


_FAILED = {
    "timeout": Text("the deadline was reached", "le délai a été atteint"),
    "limit": Text("more than the limit, no verdict on a part", "plus que la limite, pas de verdict sur une partie"),
    "denied": Text("the source may not be read", "la source ne peut pas être lue"),
    "missing": Text("the source does not exist", "la source n’existe pas"),
    "unfit": SOURCE_UNREAD,
    "source": SOURCE_UNREAD,
    "malformed": Text("the source can't be understood", "la source est incompréhensible"),
    "implausible": Text("the source contradicts itself", "la source se contredit"),
    "no_table": Text("the engine lacks the table", "le moteur n’a pas la table"),
    "no_column": Text("the engine lacks the column", "le moteur n’a pas la colonne"),
    "constraint": Text("the statement failed", "la requête a échoué"),
    "sql": Text("the statement failed", "la requête a échoué"),
    "engine": Text("the engine failed", "le moteur a échoué"),
    "denylisted": Text("osquery refuses the statement", "osquery refuse la requête"),
}


_SAYS = {State.PASS: "réussi", State.FAIL: "en échec"}


def judge_failure(failure: Failure) -> Verdict:
    """Return the verdict on a statement that gave no rows to judge: never a pass."""
    detail = failure.message
    # What an engine or a source says has no language of ours: in French it is quoted.
    french = say(failure.said or Message("text.quoted", text=detail), "fr")
    if failure.kind == "not_observable":
        known = NEEDS_RUNNING_SYSTEM
        told = detail and "needs a running system" not in detail
        reason = Text(f"{known.en}: {detail}", f"{known.fr}{COLON}{french}") if told else known
        return Verdict(State.NOT_CHECKED, reason, failure=failure.kind)
    if failure.kind == "not_run" and detail:  # the words name the programs, and where they stand
        return Verdict(State.NOT_CHECKED, Text(detail, french), failure=failure.kind)
    if failure.kind == "not_kept":  # what nobody keeps was not looked at; the words say what to do
        return Verdict(State.NOT_CHECKED, Text(detail, french) if detail else NOT_KEPT, failure=failure.kind)
    if failure.kind == "unanswered":  # nobody looked
        reason = Text(f"{UNANSWERED.en}: {detail}", f"{UNANSWERED.fr}{COLON}{french}") if detail else UNANSWERED
        return Verdict(State.NOT_CHECKED, reason, failure=failure.kind)
    known = _FAILED.get(failure.kind, _FAILED["engine"])
    reason = Text(f"{known.en}: {detail}", f"{known.fr}{COLON}{french}") if detail else known
    return Verdict(State.ERROR, reason, failure=failure.kind)


def judge_rows(
    answer: Answer,
    when_empty: str,
    statement: str = "query",
    empty_reason: Text | None = None,
    wording: Wording | None = None,
) -> Verdict:
    """Return the verdict on the rows of one statement.

    Args:
        answer: What the engine answered; a failure in it is judged by :func:`judge_failure`.
        when_empty: The block's ``when_empty``.
        statement: Which statement was answered, for the evidence.
        empty_reason: The block's ``empty_reason``.
        wording: What rows that name sentences are put into words with; None where the check has no sentences.
    """
    if answer.failure is not None:
        return judge_failure(answer.failure)
    if not answer.rows:
        reason = empty_reason or NOTHING_EXAMINED
        if when_empty == "not_applicable":
            return Verdict(State.NOT_APPLICABLE, reason)
        state = State.NOT_CHECKED if when_empty == "not_checked" else State.ERROR
        return Verdict(state, reason, failure="empty")
    lacking = [name for name in NEEDED if name not in answer.columns]
    if lacking:
        return judge_failure(Failure("sql", f"the answer has no column {', '.join(lacking)}"))
    evidence = collect(answer, statement, wording)
    wording = wording and wording._replace(whys=evidence.whys)
    if evidence.failing:
        incomplete = bool(evidence.undecided)
        return Verdict(State.FAIL, _failing_reason(evidence, wording), evidence, incomplete=incomplete)
    if evidence.undecided:
        row = evidence.rows[0]
        (item, observed, _), (objet, constat, _) = (tell_row(row, wording, language) for language in ("en", "fr"))
        en, fr = f"{item}: {observed or '?'}", f"{objet}{_colon(row)}{constat or '?'}"
        reason = Text(f"{UNDECIDED.en}: {en}", f"{UNDECIDED.fr}{COLON}{fr}")
        return Verdict(State.ERROR, reason, evidence, failure="undecided")
    count = evidence.passing
    reason = Text(f"{count} examined, all as expected", f"{count} examiné{'s' * (count > 1)}, tout est comme attendu")
    return Verdict(State.PASS, reason, evidence)


def collect(answer: Answer, statement: str, wording: Wording | None = None) -> Evidence:
    """Sort an answer's rows into evidence: failing ones first, then undecided, then a few passing ones, in words.

    Args:
        answer: What the engine answered: rows with a column ``ok``.
        statement: Which one it was: ``query``, ``cross_check`` or ``fallback``.
        wording: The check's sentences; None where it has none.
    """
    at = answer.columns.index("ok")
    failing: list[tuple[str, ...]] = []
    undecided: list[tuple[str, ...]] = []
    passing: list[tuple[str, ...]] = []
    for row in answer.rows:
        ok = str(row[at])
        (passing if ok == "1" else failing if ok == "0" else undecided).append(row)
    kept = failing[:FAILING_KEPT] + undecided[: max(0, FAILING_KEPT - len(failing))] + passing[:PASSING_KEPT]
    rows = [
        {name: "" if value is None else str(value) for name, value in zip(answer.columns, row, strict=True)}
        for row in kept
    ]
    if wording is not None and wording.sentences:
        rows = [put_into_words(row, wording) for row in rows]
    known = answer.whys  # of the run, and more may come to it: what is kept is apart
    whys = {text: known[text] for row in rows for text in list_whys(row, known)} if known else {}
    return Evidence(rows, len(failing), len(undecided), len(passing), statement, whys)


def _colon(row: dict[str, str]) -> str:
    """Return what stands behind the item in French: what has no sentences stays as English has it."""
    return COLON if row.get(SAID) else ": "


def _failing_reason(evidence: Evidence, wording: Wording | None) -> Text:
    row = evidence.rows[0]
    more = evidence.failing - 1
    item, observed, expected = tell_row(row, wording, "en")
    en = f"{item}: {observed or '∅'} (expected: {expected})" + (f", and {more} more" if more else "")
    item, observed, expected = tell_row(row, wording, "fr")
    fr = f"{item}{_colon(row)}{observed or '∅'} (attendu{COLON}{expected})" + (f", et {more} de plus" if more else "")
    if evidence.undecided:
        en += f"; {evidence.undecided} could not be decided"
        fr += f"{SEMICOLON}{evidence.undecided} indécis"
    return Text(en, fr)


def see_part(verdict: Verdict) -> Verdict:
    """Return the verdict of a fallback that sees only a part: what would be a pass is not one."""
    if verdict.state is not State.PASS:
        return verdict
    return verdict._replace(state=State.NOT_CHECKED, reason=PART_ONLY, failure="part")


def compare_witness(first: Verdict, second: Verdict) -> Verdict:
    """Return the verdict on two witnesses: where both measured and differ, the sources disagree.

    A second witness that measured nothing leaves the first verdict as it is, but for a pass of a source known to lie
    whose witness failed to answer at all: its reason says so.

    Args:
        first: Of the check's statement.
        second: Of the statement that checks it by another source.
    """
    measured = (State.PASS, State.FAIL)
    if first.state in measured and second.state in measured and first.state is not second.state:
        one, other = (_SAYS[state] for state in (first.state, second.state))
        said = Text(
            f"{SOURCES_DISAGREE.en}: one says {first.state.value}, the other {second.state.value} ({second.reason.en})",
            f"{SOURCES_DISAGREE.fr}{COLON}l’une dit {one}, l’autre {other} ({second.reason.fr})",
        )
        return Verdict(State.ERROR, said, first.evidence, second.evidence, failure="disagree")
    if second.state in measured:
        return first._replace(witness=second.evidence)
    if first.state is State.PASS:
        en = f"{first.reason.en}; the second witness did not answer ({second.reason.en})"
        fr = f"{first.reason.fr}{SEMICOLON}le second témoin n’a pas répondu ({second.reason.fr})"
        return first._replace(reason=Text(en, fr))
    return first


def compare_live(first: Verdict, live: Verdict) -> Verdict:
    """Return the verdict on a register, which what machines showed of the same can take a pass away from, never give.

    What the register itself shows to be wrong stays a finding. What passes by the register is contradicted by a live
    row that fails, and is not checked where there is no recent result to hold it against.

    Args:
        first: Of the check's statement, on the register.
        live: Of its second statement, on the results of machines.
    """
    if first.state is not State.PASS:
        return first._replace(witness=live.evidence)
    if live.state is State.PASS:
        return first._replace(witness=live.evidence)
    if live.state is State.FAIL:
        said = Text(f"{SOURCES_DISAGREE.en}: {live.reason.en}", f"{SOURCES_DISAGREE.fr}{COLON}{live.reason.fr}")
        return Verdict(State.ERROR, said, first.evidence, live.evidence, failure="disagree")
    state = State.NOT_CHECKED if live.failure in {"undecided", "empty", "not_kept"} else State.ERROR
    failure = "not_kept" if state is State.NOT_CHECKED else live.failure
    return Verdict(state, live.reason, first.evidence, live.evidence, failure=failure)
