"""What a check does not examine: reads ``not_examined`` or ``complete`` of a check file, one of both."""

from collections.abc import Mapping
from typing import NamedTuple

from rempart_core.content.reader import Reader
from rempart_core.content.yamlfile import Node
from rempart_core.messages.message import Message
from rempart_core.text import NOTHING, Text

MOST = 5
"""Lines of ``not_examined``: what is more is a title that promises too much."""
KEYS = ("not_examined", "complete")


class Scope(NamedTuple):
    """What a reader could take for covered and is not.

    Attributes:
        not_examined: One sentence for each thing; empty where ``complete`` says why there is none.
        complete: Why the check examines all that its title says; ``NOTHING`` where it does not.
    """

    not_examined: tuple[Text, ...] = ()
    complete: Text = NOTHING


def read_scope(reader: Reader, fields: Mapping[str, Node]) -> Scope:
    """Read both keys; both missing is for lint to judge, since only our own checks have to say it.

    Args:
        reader: Of the check's file.
        fields: The file's nodes by key.
    """
    lines, reason = fields.get("not_examined"), fields.get("complete")
    if lines is not None and reason is not None:
        reader.report(reason, Message("checkfile.one_of_both"), what="complete")
    complete = NOTHING if reason is None else reader.translation(reason, "complete", reader.line)
    return Scope(_read_lines(reader, lines), complete)


def _read_lines(reader: Reader, node: Node | None) -> tuple[Text, ...]:
    what = "not_examined"
    languages = reader.fields(node, ("en", "fr"), ("en", "fr"), what)
    told = [reader.texts(languages.get(language), f"{what}.{language}", least=1) for language in ("en", "fr")]
    for language, texts in zip(("en", "fr"), told, strict=True):
        if len(texts) > MOST:
            too_many = Message("checkfile.too_many_lines", count=str(len(texts)), most=str(MOST))
            reader.report(languages[language], too_many, what=f"{what}.{language}")
    if all(told) and len(told[0]) != len(told[1]):
        en, fr = len(told[0]), len(told[1])
        reader.report(languages["fr"], Message("checkfile.lines_differ", en=en, fr=fr), what=what)
        return ()
    return tuple(map(Text, *told))
