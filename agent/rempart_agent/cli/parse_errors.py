"""What argparse finds wrong with a command line, as messages: it speaks English only, and in its own words.

Its errors are recognised by their English text; one that a later Python adds is shown as it is.
"""

import re
from collections.abc import Callable, Sequence

from rempart_core.messages.message import Message, as_is
from rempart_core.suggestion import find_near, quoted, suggestion_of

_Found = re.Match[str]
_KNOWN: Sequence[tuple[str, Callable[[_Found], Message]]] = (
    (
        r"argument ([^:]+): (.*)",
        lambda found: Message("parse.of_argument", name=found[1], error=translate(found[2])),
    ),
    (r"the following arguments are required: (.*)", lambda found: Message("parse.required", names=found[1])),
    (r"one of the arguments (.*) is required", lambda found: Message("parse.one_required", names=found[1])),
    (r"not allowed with argument (.*)", lambda found: Message("parse.not_with", name=found[1])),
    (r"expected one argument", lambda _: Message("parse.one_value")),
    (r"expected at most one argument", lambda _: Message("parse.one_at_most")),
    (r"expected at least one argument", lambda _: Message("parse.values_missing")),
    (r"expected (\d+) arguments?", lambda found: Message("parse.value_count", count=int(found[1]))),
    (r"ignored explicit argument '(.*)'", lambda found: Message("parse.no_value", value=quoted(found[1]))),
    (
        r"ambiguous option: (.*) could match (.*)",
        lambda found: Message("parse.ambiguous", option=found[1], matches=found[2]),
    ),
    (r"invalid (?:int|number) value: '(.*)'", lambda found: Message("parse.no_whole_number", value=quoted(found[1]))),
    (r"invalid \w+ value: '(.*)'", lambda found: Message("parse.no_number", value=quoted(found[1]))),
)


def translate(text: str) -> Message:
    """Return an error of argparse as a message."""
    for pattern, make in _KNOWN:
        if found := re.fullmatch(pattern, text, re.DOTALL):
            return make(found)
    return as_is(text)


def unknown(words: Sequence[str], options: Sequence[str]) -> Message:
    """Return that a command line holds words that mean nothing there, and which option may have been meant.

    Args:
        words: Those words.
        options: The long options that there are.
    """
    word = next((word.partition("=")[0] for word in words if word.startswith("--")), "")
    near = bool(word) and bool(find_near(word, options))
    hint = suggestion_of(word, options) if near else Message("text.nothing")
    return Message("parse.unknown", words=" ".join(words), hint=hint)


def no_choice(word: str, choices: Sequence[str]) -> Message:
    """Return that a word is none of those that may stand there, and which may have been meant.

    Args:
        word: What was given; it is quoted, since anything may stand there.
        choices: The words that may stand there.
    """
    if find_near(word, choices):
        return Message("parse.choice_near", value=quoted(word), hint=suggestion_of(word, choices))
    return Message("parse.choice", value=quoted(word), known=", ".join(choices))
