"""Table rempart_pam_outcome: whom the PAM stack of each service lets in, over all that its modules can return.

``question`` is ``enters_unasked`` (though no credential was checked), ``enters_one_factor`` (with less than two
factors), ``enters_empty`` (with an empty password), ``skips_quality`` (a local password is set before a quality module
was content), ``skips_history`` (it is set before it was held against those of old), ``escapes_lockout`` (a wrong local
password is not counted, or a right one enters without asking the lock) or ``skips_group`` (somebody enters, other than
root, of whom ``pam_wheel`` did not find that he is in its group). ``answer`` is 1, 0, or NULL where ``why`` says what
is not known; ``witness`` is a way that leads to 1.

The stacks are those that libpam builds of ``/etc/pam.d``, ``/usr/lib/pam.d`` and ``/etc/pam.conf``, ``other``
included; fragments that only other files include are no services. A condition (``pam_succeed_if``, ``pam_wheel
trust``) may succeed, unless it asks for a member of a group without any; ``pam_rootok`` lets root alone in, or
everybody in a service that root runs. ``factors`` takes a JSON list of further modules that ask for a second factor.
"""

import json
from typing import Iterator, List

from rempart_agent.readers.files import pam
from rempart_agent.source.contract import INTEGER, TEXT, Column, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("service", TEXT, index=True),
    Column("question", TEXT),
    Column("answer", INTEGER),
    Column("witness", TEXT),
    Column("why", TEXT),
    Column("factors", TEXT, argument=True, hidden=True),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: seven rows for each service."""
    for factors in query.equal("factors") or [""]:
        for row in _rows(target, _names(factors)):
            yield dict(row, factors=factors)


def _rows(target: Target, names: List[str]) -> List[Row]:
    def make() -> List[Row]:
        outcomes = pam.Outcomes(target, pam.files_of(target), frozenset(names))
        return [
            {"service": service, "question": a.question, "answer": a.answer, "witness": a.witness, "why": a.why}
            for service in outcomes.services()
            for a in outcomes.answers(service)
        ]

    made: List[Row] = target.shared("pam outcomes " + " ".join(names), make)
    return made


def _names(factors: str) -> List[str]:
    try:
        found = json.loads(factors) if factors else []
    except ValueError:
        return []
    return sorted(name for name in found if isinstance(name, str)) if isinstance(found, list) else []
