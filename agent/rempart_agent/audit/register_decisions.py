"""What registers say of the audit itself: which checks do not apply, what is proved by a statement alone, a sample."""

from collections.abc import Iterator, Sequence

from rempart_core.messages.message import Message
from rempart_core.messages.say import say_both
from rempart_core.model.result import Result, State
from rempart_core.registers.register import Registers, Row
from rempart_core.registers.register import State as Kept
from rempart_core.text import Text

REGISTER = "applicability"


def decide_applicability(results: Sequence[Result], registers: Registers) -> list[Result]:
    """Return the results with those as not applicable that a decision in force says are so.

    A decision holds until its end. One past it, without an end, or with a trouble decides nothing: the check is an
    error until somebody decides anew.

    Args:
        results: As they were judged.
        registers: The registers, with the decisions among them.
    """
    decisions: dict[str, Row] = {}
    for row in registers[REGISTER].rows:
        first = decisions.get(row["control"])
        if first is None or row["trouble"]:  # what stands twice is decided by neither
            decisions[row["control"]] = row
        if first is not None and row["trouble"] and first["decision"] == State.NOT_APPLICABLE.value:
            decisions[row["control"]] = row | {"decision": first["decision"]}
    decisions = {id_: row for id_, row in decisions.items() if row["decision"] == State.NOT_APPLICABLE.value}
    return [_decide(one, decisions[one.check]) if one.check in decisions else one for one in results]


def _decide(result: Result, row: Row) -> Result:
    if row["trouble"]:
        told = Message("organisation.decision_doubtful", line=row["line"], trouble=row["trouble"])
        return _doubt(result, told)
    if not row["until"]:
        return _doubt(result, Message("organisation.decision_endless", line=row["line"]))
    if int(row["until_in_days"] or -1) < 0:
        return _doubt(result, Message("organisation.decision_ended", by=row["by"], until=row["until"]))
    told = Message("organisation.decision", by=row["by"], until=row["until"], line=row["line"])
    reason = say_both(told)  # not why: what somebody wrote there may name somebody, and runs are handed on
    return result._replace(state=State.NOT_APPLICABLE, reason=reason, failure="", evidence=None, witness=None)


def _doubt(result: Result, why: Message) -> Result:
    return result._replace(state=State.ERROR, reason=say_both(why), failure="undecided", incomplete=False)


def list_notes(registers: Registers) -> Iterator[Text]:
    """Give what a reader of the run has to know of the registers.

    Args:
        registers: The registers.
    """
    if registers.sample:
        yield say_both(Message("organisation.sample"))
    if registers[REGISTER].state is Kept.MALFORMED:
        yield say_both(Message("organisation.decisions_malformed"))
    stated = {
        name: sum(row.get("proof") == "statement" for row in one.rows)
        for name, one in registers.registers.items()
        if one.contract.evidence
    }
    named = ", ".join(f"{name} {count}" for name, count in stated.items() if count)
    if named:
        yield say_both(Message("organisation.statements", count=sum(stated.values()), named=named))
