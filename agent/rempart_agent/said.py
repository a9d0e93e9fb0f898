"""Sentences: why something is not known, or went wrong, in English that is known in every language.

A sentence is a literal of ours with a name for each value; what comes from a target is a value.
``rempart_core.messages.readers`` has the sentences in French. They travel to endpoints with the tables: this module is
standard library only and runs on Python 3.8.
"""

from typing import Iterable, List, Mapping, NamedTuple, Type, TypeVar, Union

_Error = TypeVar("_Error", bound="SaidError")


class Said(NamedTuple):
    """What an error or a reason says, as plain data. ``rempart_core.messages.readers`` has the sentences in French.

    Attributes:
        sentence: See ``SaidError.sentence``.
        values: What stands in it by name: a text, a number, or what another one says.
    """

    sentence: str
    values: Mapping[str, Union[str, int, "Said"]]


def _fill(sentence: str, values: Mapping[str, object]) -> str:
    """Return a sentence in English; without values it stands as it is, braces too."""
    if not values:
        return sentence
    parts = sentence.split("{")
    for place, part in enumerate(parts[1:], 1):
        name, _, rest = part.partition("}")
        parts[place] = str(values.get(name, "")) + rest
    return "".join(parts)


class Why(str):
    """Why something is not known, or how it was decided: an English text that knows the sentence it was made of.

    A table hands it out as a text. What is cut from it or made of it is a plain ``str``, which no language knows.

    Attributes:
        said: What it says as plain data.
    """

    __slots__ = ("said",)
    said: Said

    def __new__(cls, sentence: str, /, **values: object) -> "Why":
        """Make one.

        Args:
            sentence: See ``SaidError.sentence``.
            values: Texts, whole numbers, errors, and others of its kind; anything else is shown as text.
        """
        found = super().__new__(cls, _fill(sentence, values))
        found.said = Said(sentence, {name: _say(value) for name, value in values.items()})
        return found

    @classmethod
    def again(cls, said: Said) -> "Why":
        """Return the reason that says this.

        Args:
            said: As ``said``; lists where it came through JSON from a process of our own.
        """
        sentence, values = said
        return cls(
            sentence,
            **{name: cls.again(Said(*one)) if isinstance(one, (list, tuple)) else one for name, one in values.items()},
        )


def _say(value: object) -> Union[str, int, Said]:
    if isinstance(value, (Why, SaidError)):
        return value.said
    return int(value) if isinstance(value, int) else str(value)


def listed(whys: Iterable[str]) -> str:
    """Return several reasons as one, with semicolons between them; ``""`` for none."""
    return _chain("{first}; {rest}", list(whys))


def enumerated(whys: Iterable[str]) -> str:
    """Return several reasons as one, with commas between them; ``""`` for none."""
    return _chain("{first}, {rest}", list(whys))


def _chain(sentence: str, whys: List[str]) -> str:
    found = whys[-1] if whys else ""
    for one in whys[-2::-1]:
        found = Why(sentence, first=one, rest=found)
    return found


class SaidError(Exception):
    """An error that says a sentence, known in every language.

    Attributes:
        sentence: In English, with ``{name}`` where a value stands. It is a literal of ours: what comes from a target
            is a value, so that the sentence is known in every language.
        values: By name: texts, whole numbers, reasons and other errors.
    """

    def __init__(self, sentence: str, /, **values: object) -> None:
        """Say what is wrong.

        Args:
            sentence: See the attribute. Without values it stands as it is, braces too.
            values: See the attribute; anything else is shown as text.
        """
        super().__init__(sentence)
        self.sentence = sentence
        self.values = {
            name: value if isinstance(value, (str, int, SaidError)) else str(value) for name, value in values.items()
        }

    @classmethod
    def of(cls: "Type[_Error]", other: object) -> "_Error":
        """Return an error of this kind that says what another one says; of a stranger its words."""
        return cls(other.sentence, **other.values) if isinstance(other, SaidError) else cls(str(other))

    def __str__(self) -> str:
        """Return the words in English."""
        return _fill(self.sentence, self.values)

    @property
    def said(self) -> Said:
        """Return what it says as plain data."""
        return Said(self.sentence, {name: _say(value) for name, value in self.values.items()})

    @property
    def why(self) -> Why:
        """Return what it says, for a row."""
        return Why(self.sentence, **self.values)
