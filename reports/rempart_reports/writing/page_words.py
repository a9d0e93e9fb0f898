"""The words of the pages: those of their own, and those of all reports."""

from rempart_core.messages.message import Message, Value
from rempart_core.messages.say import say, texts
from rempart_reports.writing.translation import number, word


def page_word(key: str, language: str, /, **values: Value) -> str:
    """Return a word, heading or sentence of a page, typeset.

    Args:
        key: Of the word.
        language: ``en`` or ``fr``.
        **values: What stands in it, cleaned but not escaped here.

    Raises:
        KeyError: There is none, or it lacks a value: a mistake of ours.
    """
    if (id_ := f"page_word.{key}") in texts("page_word", language):
        return say(Message(id_, **values), language)
    return word(key, language, **values)


def count_word(key: str, count: int, language: str) -> str:
    """Return a sentence of a page with a number in it.

    Args:
        key: Of the sentence.
        count: The number.
        language: ``en`` or ``fr``.
    """
    return page_word(key, language, count=number(count, language))
