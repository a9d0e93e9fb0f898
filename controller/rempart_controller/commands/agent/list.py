"""The command ``rempart agent list``."""

import argparse

from rempart_agent.cli.base import say
from rempart_agent.cli.language import option_help, words
from rempart_controller.commands.options.output import Output, read_output


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("command.agent_list_long")
    parser.add_argument("--json", action="store_true", help=option_help("help.json_lines"))


def request(options: argparse.Namespace) -> Output:
    """See Command.request."""
    return read_output(options)


def run(request: Output) -> int:
    """List the agents that are believed."""
    from rempart_controller.agents.known import read_known

    agents = read_known()
    for name, agent in sorted(agents.items()):
        if request.json:
            request.show_json({"host": name, **agent._asdict()})
        else:
            print(words("agent.listed", name=name, machine=agent.machine_id, key=agent.key))
    if not agents:
        say(words("agent.none_known"))
    return 0
