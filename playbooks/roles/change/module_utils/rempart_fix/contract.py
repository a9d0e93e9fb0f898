"""The words that acts, specs and the undo share."""

from typing import Any, Dict, NamedTuple, Optional, Tuple

Act = Dict[str, Any]
"""One thing that is done, as plain JSON: ``kind``, ``target``, ``before``, ``after``, ``for`` (checks), ``needs``
(numbers of acts that must stand first). ``before`` and ``after`` hold all that tells whether it stands, and that its
undo needs."""

Text = Tuple[str, str]
"""A sentence in English and in French."""

NONE: Text = ("", "")


class Refusal(Exception):
    """What was asked can't be done; nothing was changed.

    Attributes:
        text: Why, in English and in French.
    """

    def __init__(self, en: str, fr: str = "") -> None:
        super().__init__(en)
        self.text: Text = (en, fr or en)


class Moved(Refusal):
    """What is to be changed is no longer what was seen: somebody else was faster. The spec is resolved anew."""


class Nothing(Refusal):
    """It was done, and nothing is otherwise than before: there is nothing to record."""


class Halfway(Refusal):
    """It failed, and a part of it could not be taken back: the act is recorded as it came out, and its fix fails.

    Attributes:
        act: As it came out.
    """

    def __init__(self, act: Act, en: str, fr: str = "") -> None:
        super().__init__(en, fr)
        self.act = act


class Undone(NamedTuple):
    """What became of an act at an undo.

    Attributes:
        word: ``back`` (as it was before), ``stays`` (ours stands, and others need it), ``moved`` (somebody else changed
            it since, and it is left).
        why: The reason, for ``stays`` and ``moved``; what came back only in part, for ``back``.
        by_hand: The command that does it by hand; ``""`` where none is needed.
        rest: What of the act stands still, where a part of it came back: the next undo tries no more than that.
    """

    word: str
    why: Text = NONE
    by_hand: str = ""
    rest: Optional[Act] = None


BACK = Undone("back")


class Show(NamedTuple):
    """How an act reads in check mode and in a dry run: without secrets."""

    target: str
    before: str
    after: str
