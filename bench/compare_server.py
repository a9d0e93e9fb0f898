"""Compares the verdicts of an audit with those that the server's store has of the same host, check by check.

    rempart audit --profile server --json - | python bench/compare_server.py /tmp/s/store.db
    … | python bench/compare_server.py STORE --host NAME --group GROUP

Prints each check whose state differs, and why: the table that an engine lacks, the failure that it met, or the rows of
evidence that are other ones. Exit status: 0 no difference without a reason, 1 there is one, 2 the store has not this
host.
"""

import argparse
import sys
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from rempart_core.documents.run_document import read
from rempart_core.model.result import Result, State
from rempart_core.text import clean_line
from rempart_store.store import Store

UNKNOWN = {State.ERROR, State.NOT_CHECKED}
_ROWS = 3


class Verdict(NamedTuple):
    """What a check came to.

    Attributes:
        state: The state.
        reason: In English.
        rows: Of its evidence.
    """

    state: State
    reason: str
    rows: tuple[tuple[tuple[str, str], ...], ...]


def of_result(result: Result) -> Verdict:
    """Return the verdict of an audit."""
    rows = result.evidence.rows if result.evidence else []
    return Verdict(result.state, result.reason.en, tuple(tuple(sorted(row.items())) for row in rows))


def of_store(store: Store, host: str) -> dict[str, dict[str, Verdict]]:
    """Return the newest verdicts of a host, by group and check."""
    found: dict[str, dict[str, Verdict]] = {}
    for one in store.standings(host=host, details=True):
        if one.until is not None:
            continue
        detail: Mapping[str, object] = one.detail
        reason, evidence = detail.get("reason"), detail.get("evidence")
        told = str(reason.get("en", "")) if isinstance(reason, Mapping) else ""
        rows = evidence.get("rows", []) if isinstance(evidence, Mapping) else []
        found.setdefault(one.group, {})[one.check] = Verdict(
            one.state, told, tuple(tuple(sorted(dict(row).items())) for row in rows)
        )
    return found


def explain(here: Verdict | None, there: Verdict | None) -> str:
    """Return why two verdicts differ; ``""`` where neither says it."""
    if here is None or there is None:
        return "not selected by the other profile"
    for name, one in (("server", there), ("here", here)):
        if one.state in UNKNOWN | {State.NOT_APPLICABLE} and one.reason:
            return f"{name}: {one.reason}"
    differing = [
        f"{name}: {_say(row)}"
        for name, own, other in (("server", there, here), ("here", here, there))
        for row in own.rows
        if row not in other.rows
    ]
    return "; ".join(differing[:_ROWS])


def _say(row: Iterable[tuple[str, str]]) -> str:
    cells = dict(row)
    return " ".join(cells.get(name, "") for name in ("item", "observed")) + f" (ok {cells.get('ok') or 'undecided'})"


def main() -> int:
    """Compare, and print what differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store", help="the server's store")
    parser.add_argument("--host", default="", help="its name there (default: as in the document)")
    parser.add_argument("--group", default="", help="its group (default: each that has it)")
    options = parser.parse_args()
    run = read(sys.stdin.buffer.read())
    here = {result.check: of_result(result) for result in run.results}
    with Store.open(options.store, create=False) as store:
        groups = of_store(store, options.host or run.target.name)
    groups = {group: those for group, those in groups.items() if options.group in {"", group}}
    if not groups:
        print("the store has not this host", file=sys.stderr)
        return 2
    unexplained = 0
    for group, there in groups.items():
        differing = [
            check
            for check in sorted({*here, *there})
            if (here[check].state if check in here else None) != (there[check].state if check in there else None)
        ]
        print(f"{group}: {len(there)} checks, {len(there) - len(differing)} alike")
        for check in differing:
            why = explain(here.get(check), there.get(check))
            unexplained += not why
            states = [one[check].state.value if check in one else "-" for one in (here, there)]
            print(clean_line(f"  {check:8} here {states[0]}, server {states[1]}: {why or 'NO REASON'}"))
    print(f"{unexplained} verdicts differ without a reason")
    return int(bool(unexplained))


if __name__ == "__main__":
    sys.exit(main())
