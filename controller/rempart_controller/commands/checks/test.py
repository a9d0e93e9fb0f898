"""The command ``rempart checks test``."""

import argparse
import os
from typing import NamedTuple

from rempart_agent.cli.language import option_help, words
from rempart_controller.commands.checks.chosen import Chosen, add_globs, find, read_chosen
from rempart_core.error import UsageError
from rempart_core.messages.message import Message


class TestRequest(NamedTuple):
    """Cases of checks are to be run.

    Attributes:
        checks: Of which.
        case: Only cases whose name holds this.
    """

    checks: Chosen
    case: str


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("command.test_long")
    add_globs(parser)
    parser.add_argument("--case", metavar="TEXT", default="", help=option_help("help.case"))


def request(options: argparse.Namespace) -> TestRequest:
    """See Command.request."""
    return TestRequest(read_chosen(options), options.case)


def run(request: TestRequest) -> int:
    """Run the cases of checks; exit status 1 where one does not come out as expected, 2 where there is none.

    Raises:
        UsageError: No case is meant.
    """
    from rempart_agent.quality.lint import file_of, run_cases
    from rempart_core.content.casefile import locate_cases

    chosen, _, directories = find(request.checks)
    ran = failed = 0
    for check in chosen:
        path = locate_cases(file_of(check, directories))
        if not os.path.isfile(path):
            continue
        for name, wrong in run_cases(check, path, request.case):
            ran += 1
            if wrong is not None:
                failed += 1
                print(words("checks.case_failed", check=check.id, name=name, wrong=wrong))
    if not ran:
        raise UsageError(Message("checks.no_case"))
    print(words("checks.cases_failed", count=ran, failed=failed) if failed else words("checks.cases_passed", count=ran))
    return int(bool(failed))
