"""The commands ``rempart agent accept``, ``forget``, ``list`` and ``wheelhouse``."""

import argparse
import json
import sys

from rempart_controller.agents import known
from rempart_controller.agents.known import Agent
from rempart_core.error import UsageError
from rempart_core.text import quiet_json


def accept(options: argparse.Namespace) -> int:
    """Believe an agent; prints what that changes."""
    agent = Agent(options.machine.lower(), options.key.lower())
    print(known.accept(options.host, agent, replace=options.replace, write=not options.check))
    return 0


def forget(options: argparse.Namespace) -> int:
    """Believe an agent no more."""
    if not known.forget(options.host):
        raise UsageError(f"no agent of {options.host} is known")
    return 0


def show(options: argparse.Namespace) -> int:
    """List the agents that are believed."""
    agents = known.read_known()
    for name, agent in sorted(agents.items()):
        if options.json:
            print(quiet_json(json.dumps({"host": name, **agent._asdict()})))
        else:
            print(f"{name}\n  machine {agent.machine_id}\n  key     {agent.key}")
    if not agents:
        print("no agent is known", file=sys.stderr)
    return 0


def wheelhouse(options: argparse.Namespace) -> int:
    """Fetch what agents are made of."""
    from rempart_controller.agents import wheelhouse as house

    kinds = [
        house.Kind(python, machine)
        for python in options.python or [house.own_kind().python]
        for machine in options.machine or [house.own_kind().machine]
    ]
    for kind in kinds:
        made = house.build(options.directory, kind, options.source, fresh=options.fresh)
        print(f"{made.folder}: {'fetched' if made.changed else 'unchanged'}, {made.files} wheels")
    return 0
