"""Lint of sentences: the cases of a check are judged, and what their rows say is held against its sentences."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from rempart_agent.quality import case
from rempart_core.content.casefile import Case
from rempart_core.error import Mistake
from rempart_core.messages.message import Message
from rempart_core.model.check import Check
from rempart_core.model.result import Answer
from rempart_core.model.selection import Selected
from rempart_core.model.sentence import LABEL, SAID, list_places, split_ids
from rempart_core.model.verdict import NEEDED
from rempart_core.suggestion import quoted, suggestion_of

_NUMBER = re.compile("-?[0-9]{1,18}")


def lint_sentences(check: Check, file: str, cases: Sequence[Case]) -> Iterable[Mistake]:
    """Yield what is wrong between the sentences of a check and what its statements answer in its cases.

    Args:
        check: The check; one without sentences has no mistakes of this kind.
        file: Where it lies, for mistakes of the check itself.
        cases: Its cases, each with its own file and line.
    """
    if not check.sentences:
        return
    used: set[str] = set()
    with case.CaseJudge() as judged:
        for one in cases:
            seen: list[Answer] = []
            selected = Selected(check, check.severity, one.parameters)
            judged.judge(selected, one.platform, one.tables, live=one.live, privileged=one.privileged, seen=seen.append)
            told = dict.fromkeys(message for answer in seen for message in _hold(check, answer, used))
            for message in told:
                yield Mistake(one.file, one.line, 0, Message("lint.case", name=quoted(one.name), text=message))
    for name in check.sentences:
        if name not in used:
            unsaid = Message("text.labelled", label=f"sentences.{name}", text=Message("lint.unsaid"))
            yield Mistake(file, 0, 0, unsaid)


def _hold(check: Check, answer: Answer, used: set[str]) -> Iterable[Message]:
    """Yield what is wrong with the rows of an answer, and note which sentences they use."""
    if any(name not in answer.columns for name in NEEDED):
        return  # of a statement that is not judged
    if SAID in answer.columns:
        yield Message("lint.said", column=SAID)
    for row in answer.rows:
        cells = dict(zip(answer.columns, row, strict=True))
        for column in (LABEL, "observed", "expected"):
            for id_ in split_ids(_text(cells.get(column))):
                if not check.sentences or id_ not in check.sentences:
                    hint = suggestion_of(id_, check.sentences or ())
                    yield Message("lint.no_sentence", column=column, id=quoted(id_), hint=hint)
                    continue
                used.add(id_)
                yield from _hold_places(check.sentences[id_][0], id_, cells)


def _hold_places(sentence: str, id_: str, cells: dict[str, Any]) -> Iterable[Message]:
    for place in list_places(sentence):
        if place.parameter:
            continue
        if place.name not in cells:
            yield Message("lint.column_lacks", sentence=id_, column=place.name)
        elif not (text := _text(cells[place.name])):
            item = quoted(_text(cells["item"]))
            yield Message("lint.column_empty", sentence=id_, column=place.name, item=item)
        elif place.forms is not None and not _NUMBER.fullmatch(text):
            yield Message("lint.column_number", sentence=id_, column=place.name, text=quoted(text))


def _text(value: Any) -> str:
    return "" if value is None else str(value)
