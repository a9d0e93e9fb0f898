"""The command ``rempart checks lint``."""

import argparse

from rempart_agent.cli.language import words
from rempart_controller.commands.checks.chosen import Chosen, add_globs, find, read_chosen
from rempart_core.error import ContentError


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("command.lint_long")
    add_globs(parser)


def request(options: argparse.Namespace) -> Chosen:
    """See Command.request."""
    return read_chosen(options)


def run(request: Chosen) -> int:
    """Hold checks and cases against the rules; all mistakes at once, exit status 2.

    Raises:
        ContentError: There are mistakes.
    """
    from rempart_agent.audit import content_cache
    from rempart_agent.quality.lint import lint
    from rempart_agent.quality.lint_risk import lint_risk

    chosen, _, directories = find(request)
    mistakes = lint(chosen, directories)
    mistakes += lint_risk(directories, [one.id for one in content_cache.load(directories).checks])
    if mistakes:
        raise ContentError(mistakes)
    print(words("checks.sound", count=len(chosen)))
    return 0
