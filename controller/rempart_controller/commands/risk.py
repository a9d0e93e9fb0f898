"""The command ``rempart risk``: the risk of the fleet and of scenarios, by the newest results of the store."""

import argparse
import re
import time as clock
from typing import NamedTuple

from rempart_agent.cli.language import option_help, words
from rempart_controller.commands.mistakes import refuse
from rempart_controller.commands.options.output import Output, read_output
from rempart_controller.commands.options.store import add_store, read_store
from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.registers.register import Registers
from rempart_core.risk.assessment import Acceptance, Assessment, ScenarioView
from rempart_core.risk.numbers import LEVELS
from rempart_core.suggestion import quoted, suggestion_of

_INCOMPLETE = 3


class Accepting(NamedTuple):
    """A level of risk is to be accepted.

    Attributes:
        level: The level, one of ``LEVELS``.
        reason: Why.
        by: Who, by pseudonym.
        until: The last day on which it holds, ``YYYY-MM-DD``.
    """

    level: str
    reason: str
    by: str
    until: str


class RiskRequest(NamedTuple):
    """The risk is asked for.

    Attributes:
        store: Where the store is.
        registers: The folder of registers; ``""`` for none.
        own: Folders of the user's own checks and scenarios, beside ours.
        explain: The scenario, or the host, of which every term is wanted; ``""`` for all in short.
        accept: The scenario whose risk is to be accepted; ``""`` for none.
        accepting: How it is.
        out: How it is printed.
    """

    store: str
    registers: str
    own: tuple[str, ...]
    explain: str
    accept: str
    accepting: Accepting
    out: Output


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("risk.long")
    parser.add_argument("--registers", metavar="DIR", default="", help=option_help("risk.registers"))
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--explain", metavar="SCENARIO|HOST", default="", help=option_help("risk.explain"))
    what.add_argument("--accept", metavar="SCENARIO", default="", help=option_help("risk.accept"))
    parser.add_argument(
        "--level", metavar="LEVEL", default="", help=option_help("risk.level", levels=", ".join(LEVELS))
    )
    parser.add_argument("--reason", metavar="TEXT", default="", help=option_help("risk.reason"))
    parser.add_argument("--by", metavar="PERSON", default="", help=option_help("risk.by"))
    parser.add_argument("--until", metavar="DATE", default="", help=option_help("risk.until"))
    parser.add_argument("--checks-dir", metavar="DIR", action="append", default=[], help=option_help("help.checks_dir"))
    parser.add_argument("--json", action="store_true", help=option_help("help.json_object"))
    add_store(parser)


def request(options: argparse.Namespace) -> RiskRequest:
    """See Command.request; all that is wrong with an acceptance is told at once."""
    accepting = Accepting(options.level, options.reason.strip(), options.by.strip(), options.until)
    mistakes = []
    if options.accept:
        needed = ("registers", *Accepting._fields)
        lacking = [name for name in needed if not getattr(options, name).strip()]
        mistakes += [Message("risk.accept_needs", option=f"--{name}") for name in lacking]
        if accepting.level and accepting.level not in LEVELS:
            known = ", ".join(LEVELS)
            mistakes.append(Message("acceptance.level", level=accepting.level, known=known))
        if accepting.until and not re.fullmatch(r"\d{4}-\d\d-\d\d", accepting.until, re.ASCII):
            mistakes.append(Message("time.no_date", text=accepting.until))
        elif accepting.until and accepting.until < clock.strftime("%Y-%m-%d"):
            mistakes.append(Message("risk.until_past", date=accepting.until))
    else:
        mistakes += [Message("risk.needs_accept", option=f"--{n}") for n in Accepting._fields if getattr(options, n)]
    refuse(mistakes)
    return RiskRequest(
        read_store(options),
        options.registers,
        tuple(options.checks_dir),
        options.explain,
        options.accept.upper(),
        accepting,
        read_output(options),
    )


def run(request: RiskRequest) -> int:
    """Print the risk, or accept a scenario's; 3 where the audit behind it is incomplete."""
    from rempart_core.registers.reader import read_registers

    registers = read_registers(request.registers, int(clock.time())) if request.registers else None
    found = assess_now(request.store, registers, request.own)
    if request.accept:
        return _accept(request, registers, found)
    if request.explain:
        _explain(request, found)
    else:
        _show(request, found)
    return 0 if found.complete else _INCOMPLETE


def assess_now(place: str, registers: Registers | None, own: tuple[str, ...]) -> Assessment:
    """Return the assessment by the newest results of a store.

    Args:
        place: Where the store is.
        registers: The registers; None for none.
        own: Folders of the user's own checks and scenarios.

    Raises:
        UsageError: The store has no result.
        ContentError: Checks, scenarios, weights or registers hold mistakes, or a signature is wrong.
        StoreError: The store can't be read.
    """
    from rempart_controller.risk.assessing import assess_results
    from rempart_store.store import Store

    with Store.open(place, create=False) as store:
        return assess_results(store, registers, own, int(clock.time()))


def _show(request: RiskRequest, found: Assessment) -> None:
    if request.out.json:
        from rempart_reports.views.risk_json import risk_data

        request.out.show_json(risk_data(found), indent=1)
    else:
        from rempart_reports.views.risk import RiskText

        request.out.show(RiskText(found, request.out.language).show())


def _explain(request: RiskRequest, found: Assessment) -> None:
    from rempart_reports.views.risk import RiskText
    from rempart_reports.views.risk_json import host_data, scenario_data

    text = RiskText(found, request.out.language)
    hosts = {one.facts.name: one for one in found.fleet.hosts} if found.fleet else {}
    if request.explain in hosts:
        host = hosts[request.explain]
        data, lines = host_data(host), text.explain_host(host)
    else:
        scenario = _find(request.explain, found, list(hosts))
        data, lines = scenario_data(scenario), text.explain(scenario)
    if request.out.json:
        request.out.show_json(data, indent=1)
    else:
        request.out.show(lines)


def _find(name: str, found: Assessment, hosts: list[str]) -> ScenarioView:
    scenarios = {one.risk.scenario.id: one for one in found.scenarios}
    if name.upper() not in scenarios:
        hint = suggestion_of(name, [*scenarios, *hosts])
        raise UsageError(Message("risk.unknown", name=quoted(name), hint=hint))
    return scenarios[name.upper()]


def _accept(request: RiskRequest, registers: Registers | None, found: Assessment) -> int:
    from rempart_controller.risk.accepting import accept
    from rempart_core.registers.cell import write_day
    from rempart_core.risk.assessment import lasts_too_long

    assert registers is not None  # noqa: S101 - the request was refused without
    scenario = _find(request.accept, found, [])
    how = request.accepting
    said = Acceptance(
        request.accept, how.level, how.reason, how.by, write_day(clock.time()), how.until, scenario.risk.level
    )
    if lasts_too_long(said, found.numbers):
        raise UsageError(Message("risk.until_far", date=said.until, days=str(found.numbers.acceptance_days)))
    path = accept(registers, said)
    print(words("risk.accepted", scenario=said.scenario, level=said.level, until=said.until, path=path))
    if scenario.risk.level != said.level:
        print(words("risk.computed_stays", level=scenario.risk.level))
    return 0
