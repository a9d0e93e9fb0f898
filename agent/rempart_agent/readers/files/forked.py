"""Asks a foreign library in a child process: over files that nobody vouches for it may crash, and we do not."""

import json
from typing import Any, Callable, TypeVar

from rempart_agent.readers.files import child
from rempart_agent.source.contract import SourceError

Answer = TypeVar("Answer")


def ask(what: str, question: Callable[[], Answer], seconds: float) -> Answer:
    """Return ``question()``, answered in a child process: plain data, as JSON holds it.

    Args:
        what: How errors call it.
        question: Asks; a ``SourceError`` that it raises is raised here.
        seconds: How long it may take.

    Raises:
        SourceError: the child did not end in time, or not well.
    """
    data = child.run(lambda: _answer(question), seconds)
    if data is None:
        raise SourceError("{what}: no answer in time", what=what)
    try:
        told, failure = json.loads(data.decode("ascii"))
    except ValueError as error:
        raise SourceError("{what}: broke off", what=what) from error
    if failure is not None:
        kind, sentence, values = failure
        raise _kind(kind)(sentence, **values)
    answered: Answer = told
    return answered


def _answer(question: Callable[[], Any]) -> bytes:
    try:
        return json.dumps([question(), None]).encode("ascii")
    except SourceError as error:
        values = {name: str(value) for name, value in error.values.items()}
        return json.dumps([None, [error.kind, error.sentence, values]]).encode("ascii")


def _kind(kind: str) -> Any:
    from rempart_agent.source.contract import SourceErrors

    return SourceErrors[kind]
