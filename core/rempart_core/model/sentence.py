"""Sentences: what a check says of a row in English and in French, with data and numbers in their places.

A check's SQL names a sentence by its id, and gives the data in other columns. So no report translates finished English,
and no host can choose a sentence or forge a place in one: a sentence is taken apart before any data comes to it.

``{column}`` is data, ``{:parameter}`` the value of a parameter in force, ``{column:one|many}`` a number with the word
that goes with it (English: one for 1; French: one below 2).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from rempart_core.json_value import JsonObject
from rempart_core.messages.message import Message
from rempart_core.model.parameter import Value
from rempart_core.text import clean
from rempart_core.typography import typeset

SAID = "said"
"""Column of a judged row: the ids of its sentences, ``LABEL/OBSERVED/EXPECTED``, each a list parted by blanks."""
LABEL = "label"
"""Column of an answer that may name the sentence to show in the place of ``item``."""
MOST = 20  # sentences of one cell
_ID = re.compile(r"[a-z][a-z0-9_]*")
REASONS = frozenset({"why", "way", "unclear", "partial", "skipped", "example", "sources", "unloaded"})
"""Columns in which a check's SQL puts together what tables say of what they do not know: `eth0 (a queue); eth1`."""
_PARTED = re.compile(r"[\s,]+")
_PLACE = re.compile(r"\{(:?)([A-Za-z_][A-Za-z0-9_]*)(?::([^{}|:]*)\|([^{}|:]*))?\}")
_NUMBER = re.compile(r"-?[0-9]{1,18}")
_NONE = "∅"
_OPENS = ("; ", ", ", ": ", " (")
_ENDS = ("; ", ", ", ")")
"""What stands before and behind a reader's sentence in what SQL puts together."""
_FRENCH_MARKS = {"; ": "\u202f; ", ": ": "\u00a0: "}
_SENTENCES = 50  # of readers, one within what stands beside another, that one text is searched for
_ALWAYS = ("item", "observed", "expected", "ok")
_THOUSANDS = "\u202f"

Sentences = Mapping[str, tuple[str, str]]
"""Id to the sentence in English and in French."""


class Piece(NamedTuple):
    """A part of what is said.

    Attributes:
        text: What is shown; where it is data it is as it came, untrusted.
        data: Whether it comes from a machine or a parameter, and not from the sentence.
    """

    text: str
    data: bool = False


class Place(NamedTuple):
    """A place in a sentence.

    Attributes:
        name: The column or the parameter.
        parameter: Which of both.
        forms: The word behind a number, for one and for many; None where it is no number.
    """

    name: str
    parameter: bool
    forms: tuple[str, str] | None

    @property
    def key(self) -> str:
        """Return the place as it is written, without forms: the same in every language."""
        return f"{{{':' * self.parameter}{self.name}{':|' if self.forms else ''}}}"


class Wording(NamedTuple):
    """What the rows of a check are put into words with.

    Attributes:
        sentences: Those of the check.
        values: The values of its parameters that are in force.
        whys: Texts of the rows that are sentences of readers, each with what it says; untrusted.
    """

    sentences: Sentences
    values: Mapping[str, Value]
    whys: JsonObject = {}  # noqa: RUF012 - a default that is never written to


@lru_cache(maxsize=4096)
def parse(sentence: str) -> tuple[str | Place, ...]:
    """Return a sentence as words and places."""
    parts: list[str | Place] = []
    at = 0
    for match in _PLACE.finditer(sentence):
        if match.start() > at:
            parts.append(sentence[at : match.start()])
        colon, name, one, many = match.groups()
        parts.append(Place(name, bool(colon), None if one is None else (one.strip(), many.strip())))
        at = match.end()
    return (*parts, sentence[at:]) if at < len(sentence) else tuple(parts)


def list_places(sentence: str) -> list[Place]:
    """Return the places of a sentence, in order."""
    return [part for part in parse(sentence) if isinstance(part, Place)]


def find_stray(sentence: str) -> int:
    """Return where a brace stands that belongs to no place; -1 where there is none."""
    blank = _PLACE.sub(lambda match: " " * len(match[0]), sentence)
    found = [blank.find(brace) for brace in "{}" if brace in blank]
    return min(found, default=-1)


def is_id(text: str) -> bool:
    """Tell whether a text may be the id of a sentence."""
    return bool(_ID.fullmatch(text))


def split_ids(cell: str) -> tuple[str, ...]:
    """Return what a cell names, parted by blanks or commas, each once."""
    return tuple(dict.fromkeys(one for one in _PARTED.split(cell) if one))


def put_into_words(row: dict[str, str], wording: Wording) -> dict[str, str]:
    """Return a row whose cells name sentences with English in their place, and the ids in the column ``said``.

    A row that names what is no sentence stays as it is: it is data, and is shown as such. Empty columns go, since their
    sentences are not said.

    Args:
        row: A judged row, text by column.
        wording: The check's sentences and the values that they tell.
    """
    plain = {name: value for name, value in row.items() if name != SAID}
    cells = [split_ids(row.get(name, "")) for name in (LABEL, "observed", "expected")]
    if not any(cells) or any(len(ids) > MOST or any(one not in wording.sentences for one in ids) for ids in cells):
        return plain
    _, observed, expected = (_speak(ids, plain, wording, "en") for ids in cells)
    said = "/".join(" ".join(ids) for ids in cells)
    some = {name: value for name, value in plain.items() if name in _ALWAYS or (value and name != LABEL)}
    return {**some, "observed": to_text(observed), "expected": to_text(expected), SAID: said}


def read_said(row: Mapping[str, str], sentences: Sentences) -> tuple[tuple[str, ...], ...]:
    """Return the ids of a judged row's label, of what was observed and of what was expected; empty where it has none.

    A document may come from anywhere: a row is taken by its ids only where there is a sentence for each.

    Args:
        row: A judged row, text by column.
        sentences: English and French by id.
    """
    cells = tuple(split_ids(part) for part in row.get(SAID, "").split("/"))
    known = len(cells) == 3 and all(len(ids) <= MOST and all(one in sentences for one in ids) for ids in cells)
    return cells if known and any(cells) else ()


class Spoken(NamedTuple):
    """A row in words of one language."""

    item: tuple[Piece, ...]
    observed: tuple[Piece, ...]
    expected: tuple[Piece, ...]


def speak(row: Mapping[str, str], wording: Wording, language: str) -> Spoken | None:
    """Return a judged row in words; None where no sentences go with it, and it is to be shown as it is.

    Args:
        row: A judged row, text by column.
        wording: The check's sentences and the values that they tell.
        language: ``en`` or ``fr``.
    """
    cells = read_said(row, wording.sentences)
    if not cells:
        return None
    label, observed, expected = (_speak(ids, row, wording, language) for ids in cells)
    return Spoken(label or (Piece(row.get("item", ""), data=True),), observed, expected)


def tell_row(row: Mapping[str, str], wording: Wording | None, language: str) -> tuple[str, str, str]:
    """Return what a row is about, what was observed and what was expected; untrusted.

    They are in the language where sentences go with the row, else as the check has them.

    Args:
        row: A judged row, text by column.
        wording: The check's sentences and the values that they tell; None of a check without.
        language: ``en`` or ``fr``.
    """
    spoken = speak(row, wording, language) if wording is not None and wording.sentences else None
    if spoken is None:
        return row.get("item", ""), row.get("observed", ""), row.get("expected", "")
    item, observed, expected = (
        "".join(piece.text if piece.data else typeset(piece.text, language) for piece in pieces) for pieces in spoken
    )
    return item, observed, expected


def tell_column(name: str, value: str, wording: Wording, language: str) -> tuple[Piece, ...]:
    """Return the value of a column: data, but for what our tables say of what they do not know.

    Args:
        name: The column's.
        value: As a row has it, untrusted.
        wording: What goes with the row.
        language: ``en`` or ``fr``.
    """
    if language == "en":
        return (Piece(value, data=True),)
    said: tuple[Piece, ...] = ()
    if wording.whys:
        said = tell_why(value, wording, language)
        if not said and name in REASONS:
            said = _tell_within(value, wording, language)
    return said or (Piece(value, data=True),)


def list_used(sentences: Sentences, rows: Iterable[Mapping[str, str]]) -> dict[str, tuple[str, str]]:
    """Return those sentences that judged rows name, in the order of the check.

    Args:
        sentences: English and French by id.
        rows: Judged rows.
    """
    used = {one for row in rows for part in row.get(SAID, "").split("/") for one in part.split()}
    return {name: text for name, text in sentences.items() if name in used}


@lru_cache(maxsize=1024)
def _columns(sentences: tuple[tuple[str, str], ...]) -> frozenset[str]:
    return frozenset(place.name for en, _ in sentences for place in list_places(en) if not place.parameter)


def list_columns(sentences: Sentences) -> frozenset[str]:
    """Return the columns whose data sentences hold: they need not be shown once more."""
    return _columns(tuple(tuple(text) for text in sentences.values()))


def _speak(ids: Sequence[str], row: Mapping[str, str], wording: Wording, language: str) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    for one in ids:
        if pieces:
            pieces.append(Piece(" ; " if language == "fr" else "; "))
        for part in parse(wording.sentences[one][language == "fr"]):
            if isinstance(part, str):
                pieces.append(Piece(part))
            elif not part.parameter and part.forms is None:
                pieces += tell_column(part.name, row.get(part.name, "") or _NONE, wording, language)
            else:
                pieces.append(_fill(part, row, wording.values, language))
    return tuple(pieces)


def tell_why(text: str, wording: Wording, language: str) -> tuple[Piece, ...]:
    """Return a text of a row in words, where it is a sentence of a reader; empty where it is not, and stays data.

    A document may come from anywhere: it is told only where its words in English are this text.

    Args:
        text: What stands in a column, untrusted.
        wording: What goes with the row.
        language: ``en`` or ``fr``; English is shown as it came.
    """
    said = wording.whys.get(text) if text and language != "en" else None
    if said is None:
        return ()
    from rempart_core.messages.readers import message_of_said
    from rempart_core.messages.say import say

    message = message_of_said(said)
    return _take_apart(message, language) if message is not None and say(message) == clean(text) else ()


def list_whys(row: Mapping[str, str], known: JsonObject) -> Iterator[str]:
    """Yield those of the texts that tables handed out which a row holds, as a whole or within what SQL put together.

    Args:
        row: Text by column.
        known: The texts; what each says does not matter here.
    """
    for name, text in row.items():
        if text in known:
            yield text
        elif name in REASONS and text:
            yield from (why for why in known if why and why in text)


def _tell_within(text: str, wording: Wording, language: str, left: int = _SENTENCES) -> tuple[Piece, ...]:
    """Return a text in pieces, where readers' sentences stand in it between marks; empty where none does.

    Args:
        text: What SQL has put together, untrusted.
        wording: What goes with the row.
        language: ``fr``.
        left: How many sentences are looked for; what follows is data.
    """
    if not left:
        return ()
    for why in sorted(wording.whys, key=len, reverse=True):
        at = text.find(why) if why else -1
        while at >= 0:
            before, after = text[:at], text[at + len(why) :]
            apart = (not before or before.endswith(_OPENS)) and (not after or after.startswith(_ENDS))
            if apart and (said := tell_why(why, wording, language)):
                beside = (_tell_beside(part, wording, language, left - 1) for part in (before, after))
                return (*next(beside), *said, *next(beside))
            at = text.find(why, at + 1)
    return ()


def _tell_beside(text: str, wording: Wording, language: str, left: int) -> tuple[Piece, ...]:
    """Return what stands beside a reader's sentence: its marks are ours, the rest is data or has sentences too."""
    first: list[str] = []
    last: list[str] = []
    while mark := next((one for one in _ENDS if text.startswith(one)), ""):
        first.append(mark)
        text = text[len(mark) :]
    while mark := next((one for one in _OPENS if text.endswith(one)), ""):
        last.insert(0, mark)
        text = text[: -len(mark)]
    inner = (_tell_within(text, wording, language, left) or (Piece(text, data=True),)) if text else ()
    marks = [tuple(Piece(_FRENCH_MARKS.get(mark, mark)) for mark in beside) for beside in (first, last)]
    return (*marks[0], *inner, *marks[1])


def _take_apart(message: Message, language: str) -> tuple[Piece, ...]:
    """Return a message as pieces: its words are ours, and what stands in it is data."""
    from rempart_core.messages.say import Place as MessagePlace
    from rempart_core.messages.say import template

    pieces: list[Piece] = []
    for part in template(message.id, language):
        value = message.values[part.name] if isinstance(part, MessagePlace) else ""
        if not isinstance(part, MessagePlace):
            pieces.append(Piece(part))
        elif isinstance(value, Message):
            pieces += _take_apart(value, language)
        else:
            pieces.append(Piece(str(value), data=True))
    return tuple(piece for piece in pieces if piece.text)


def _fill(place: Place, row: Mapping[str, str], values: Mapping[str, Value], language: str) -> Piece:
    """Return what stands in a place; a number with its word is ours, since nothing but digits can come to it."""
    value = values.get(place.name, "") if place.parameter else row.get(place.name, "")
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    if place.forms is None:
        return Piece(text or _NONE, data=True)
    if not _NUMBER.fullmatch(text):
        return Piece(f"{text or _NONE} {place.forms[1]}", data=True)
    number = int(text)
    shown = f"{number:,}".replace(",", _THOUSANDS) if language == "fr" else f"{number:,}"
    return Piece(f"{shown} {place.forms[abs(number) >= 2 if language == 'fr' else abs(number) != 1]}".rstrip())


def to_text(pieces: Iterable[Piece]) -> str:
    """Return pieces as one text; what is data in it is untrusted still."""
    return "".join(piece.text for piece in pieces)
