"""The command ``rempart registers init``: at most five questions, and no fact that nobody gave."""

import argparse
import os
import sys
import time
from typing import NamedTuple

from rempart_agent.cli.language import option_help, words
from rempart_controller.commands.options.output import add_language
from rempart_controller.commands.registers.desk import add_folder
from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.messages.say import say
from rempart_core.messages.system import reason_of
from rempart_core.registers.cell import read_cell, write_day
from rempart_core.registers.contract import Column, Kind
from rempart_core.registers.edit import write_beside
from rempart_core.registers.files import find_files
from rempart_core.registers.filling import fill_folder
from rempart_core.registers.yaml_edit import write_value

RUNS = "runs.jsonl"
_TRIES = 3


class InitRequest(NamedTuple):
    """A folder of registers is to be begun.

    Attributes:
        folder: Where.
        sample: Whether an invented organisation is wanted.
        given: What the command line says, by question.
        language: ``en`` or ``fr``.
    """

    folder: str
    sample: bool
    given: dict[str, str]
    language: str


class Question(NamedTuple):
    """Something that is asked.

    Attributes:
        name: The option that answers it.
        column: What an answer has to be.
        message: The question.
    """

    name: str
    column: Column
    message: Message


_QUESTIONS = (
    Question("name", Column("name", Kind.TEXT, required=True), Message("registers_command.ask_name")),
    Question("headcount", Column("headcount", Kind.COUNT, required=True), Message("registers_command.ask_headcount")),
    Question("by", Column("by", Kind.PERSON, required=True), Message("registers_command.ask_by")),
    Question("dpo", Column("dpo", Kind.PERSON), Message("registers_command.ask_dpo")),
)


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("registers_help.init_long")
    add_folder(parser)
    parser.add_argument("--sample", action="store_true", help=option_help("registers_help.sample"))
    parser.add_argument("--name", metavar="TEXT", default="", help=option_help("registers_help.name"))
    parser.add_argument("--headcount", metavar="N", default="", help=option_help("registers_help.headcount"))
    parser.add_argument("--by", metavar="PERSON", default="", help=option_help("registers_help.init_by"))
    parser.add_argument("--dpo", metavar="PERSON", default="", help=option_help("registers_help.dpo"))
    add_language(parser)


def request(options: argparse.Namespace) -> InitRequest:
    """See Command.request."""
    given = {one.name: str(getattr(options, one.name)).strip() for one in _QUESTIONS}
    if options.sample and any(given.values()):
        raise UsageError(Message("registers_command.sample_alone"))
    return InitRequest(options.folder, options.sample, given, options.lang)


def run(request: InitRequest) -> int:
    """Write what was answered, and say what comes next.

    Raises:
        UsageError: Registers are there already, an answer is missing or is none, or a file can't be written.
    """
    if os.path.isdir(request.folder) and (names := find_files(request.folder).names):
        raise UsageError(Message("registers_command.begun", folder=request.folder, names=", ".join(sorted(names))))
    if request.sample:
        _write_sample(request)
        return 0
    answers = _ask(request)
    try:
        os.makedirs(os.path.join(request.folder, "evidence"), exist_ok=True)
    except OSError as error:
        raise UsageError(Message("file.failed", path=request.folder, error=reason_of(error))) from error
    _write(request.folder, answers)
    return 0


def _write_sample(request: InitRequest) -> None:
    from rempart_core.registers.sample import Sample
    from rempart_core.registers.sample_runs import write_runs

    now = time.time()
    paths: list[str] = []

    def write(folder: str) -> None:
        os.mkdir(os.path.join(folder, "evidence"))
        paths.extend(Sample(now, request.language).write(folder))
        write_beside(os.path.join(folder, RUNS), write_runs(now).encode())

    fill_folder(request.folder, write)
    print(words("registers_command.sample_made", count=len(paths), folder=request.folder))
    print(words("registers_command.invented"))


def _write(folder: str, answers: dict[str, str]) -> None:
    day = write_day(time.time())
    lines = [f"as_of: {day}", f"by: {answers['by']}", f"name: {write_value(answers['name'])}"]
    lines += [f"headcount: {answers['headcount']}", f"headcount_date: {day}"]
    if answers["dpo"]:
        lines.append(f"dpo: {answers['dpo']}")
    path = os.path.join(folder, "organisation.yaml")
    write_beside(path, "".join(f"{line}\n" for line in ["# organisation: docs/registers.md", *lines]).encode())
    print(path)
    print(words("registers_command.next_people", folder=folder, by=answers["by"]))


def _ask(request: InitRequest) -> dict[str, str]:
    """Return the answers: those of the command line, and of the user where there is a terminal.

    Raises:
        UsageError: One is missing, or is none.
    """
    asked = sys.stdin.isatty() and sys.stderr.isatty()
    missing = [f"--{one.name}" for one in _QUESTIONS if one.column.required and not request.given[one.name]]
    if missing and not asked:
        raise UsageError(Message("registers_command.no_terminal", options=", ".join(missing)))
    answers = {}
    for question in _QUESTIONS:
        given = request.given[question.name]
        if given or not asked or (not missing and not question.column.required):
            answers[question.name] = _check(question, given)
        else:
            answers[question.name] = _ask_one(question, request.language)
    return answers


def _check(question: Question, given: str) -> str:
    """Return an answer of the command line.

    Raises:
        UsageError: It is none.
    """
    value = read_cell(question.column, given) if given else ""
    if isinstance(value, Message):
        raise UsageError(Message("text.labelled", label=f"--{question.name}", text=value))
    return value


def _ask_one(question: Question, language: str) -> str:
    """Return an answer of the user, who may try again.

    Raises:
        UsageError: There was none.
    """
    for _ in range(_TRIES):
        sys.stderr.write(f"{say(question.message, language)} ")
        sys.stderr.flush()
        line = sys.stdin.readline()
        answer = line.strip()
        if not answer and not question.column.required:
            return ""
        value = read_cell(question.column, answer) if answer else Message("registers_command.answer_needed")
        if isinstance(value, str):
            return value
        sys.stderr.write(f"{say(value, language)}\n")
        if not line:
            break
    raise UsageError(Message("registers_command.no_terminal", options=f"--{question.name}"))
