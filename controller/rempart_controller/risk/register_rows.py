"""What registers say that risk needs: how much depends on hosts, who does what until when, and what was accepted."""

from collections.abc import Iterator

from rempart_core.error import ContentError, Mistake
from rempart_core.messages.message import Message
from rempart_core.registers.confined import RefusedError, read_whole
from rempart_core.registers.register import Registers, Row
from rempart_core.risk.assessment import Acceptance
from rempart_core.risk.facts import Asset
from rempart_core.risk.plan import Step
from rempart_core.signing.acceptance import prove

_NEEDED = ("assets", "treatments", "actions", "acceptances", "signers")
_OF_PEOPLE = frozenset({"", "unknown_person", "no_roster", "headcount_differs"})


def expect_sound(found: Registers) -> None:
    """Refuse registers that can't be read: what they would say is not guessed.

    Raises:
        ContentError: A register that is needed here is malformed; all mistakes.
    """
    mistakes = [one for name in _NEEDED for one in found[name].mistakes]
    if mistakes:
        raise ContentError(mistakes)


def read_assets(found: Registers) -> list[Asset]:
    """Return what the register of assets says of hosts; an entry that can't be believed says nothing."""
    return [
        Asset(row["host"], row["criticality"], row["exposure"])
        for row in found["assets"].rows
        if row["trouble"] in _OF_PEOPLE
    ]


def read_steps(found: Registers) -> list[Step]:
    """Return the steps of all plans: treatments, and actions that name a scenario as their source."""
    steps = [
        Step(
            row["id"],
            row["scenario"].strip().upper(),
            row["checks"],
            row["action"],
            row["owner"],
            row["due"],
            row["done"],
            row["trouble"],
        )
        for row in found["treatments"].rows
    ]
    for row in found["actions"].rows:
        scenario, _, checks = row["source"].strip().partition(" ")
        steps.append(
            Step(
                row["id"],
                scenario.rstrip(":").upper(),
                checks,
                row["what"],
                row["owner"],
                row["due"],
                row["closed"],
                row["trouble"],
            )
        )
    return steps


def list_keys(found: Registers, person: str, day: str) -> list[str]:
    """Return the public keys of a person on a day, hex.

    Args:
        found: The registers.
        person: The pseudonym.
        day: ``YYYY-MM-DD``.
    """
    return [
        row["key"].strip().lower()
        for row in found["signers"].rows
        if row["person"] == person
        and row["trouble"] in _OF_PEOPLE - {"unknown_person"}
        and row["since"] <= day
        and (not row["until"] or day <= row["until"])
    ]


def read_acceptances(found: Registers) -> list[Acceptance]:
    """Return what was accepted; each has the signature of whoever the register names.

    Raises:
        ContentError: A signature is missing, wrong, of another person, or of something else; all of them.
    """
    mistakes: list[Mistake] = []
    accepted = []
    for row in found["acceptances"].rows:
        said = Acceptance(
            row["scenario"].strip().upper(), row["level"], row["reason"], row["by"], row["date"], row["until"]
        )
        faults = list(_find_faults(found, row, said))
        mistakes += [Mistake(found["acceptances"].file, int(row["line"] or 0), 0, one) for one in faults]
        if not faults:
            accepted.append(said)
    if mistakes:
        raise ContentError(mistakes)
    return accepted


def _find_faults(found: Registers, row: Row, said: Acceptance) -> Iterator[Message]:
    if not row["evidence"]:
        yield Message("acceptance.unsigned")
        return
    try:
        data = read_whole(found.folder, row["evidence"])
    except RefusedError as error:
        yield Message("registers.evidence", file=row["evidence"], told=error.message)
        return
    fault = prove(data, said, list_keys(found, said.by, said.date))
    if fault is not None:
        yield fault
    elif row["trouble"] not in {"", "headcount_differs"}:
        yield Message("acceptance.trouble", code=row["trouble"])
