"""What a check says of its rows: reads the key ``sentences`` of a check file."""

from collections import Counter
from collections.abc import Mapping

from rempart_core.content.reader import Reader
from rempart_core.content.yamlfile import Entries, Node, Scalar
from rempart_core.messages.message import Message
from rempart_core.model.parameter import Parameter
from rempart_core.model.sentence import Place, find_stray, is_id, list_places
from rempart_core.suggestion import quoted, suggestion_of
from rempart_core.text import Text

NONE = "none"
"""What stands in the place of sentences where a check shows data alone."""


def read_sentences(
    reader: Reader, node: Node | None, parameters: Mapping[str, Parameter]
) -> dict[str, tuple[str, str]] | None:
    """Read the sentences by id; empty where the check shows data alone, None where it is written without the key.

    Args:
        reader: Of the check's file.
        node: What stands under ``sentences``; None where that is missing.
        parameters: Those of the check, which sentences may name.
    """
    if node is None:
        return None
    if isinstance(node, Scalar) and node.text == NONE:
        return {}
    entries = reader.entries(node, "sentences")
    if isinstance(node, Entries) and not entries:
        reader.report(node, Message("checkfile.no_sentence"), what="sentences")
    found: dict[str, tuple[str, str]] = {}
    for key, value in entries:
        what = f"sentences.{key.text}"
        if not is_id(key.text):
            reader.report(key, Message("checkfile.sentence_id", id=quoted(key.text)), what="sentences")
        text = reader.translation(value, what, reader.line)
        if all(text):
            _expect_places(reader, value, what, text, parameters)
        found[key.text] = (text.en, text.fr)
    return found


def _expect_places(reader: Reader, node: Node, what: str, text: Text, parameters: Mapping[str, Parameter]) -> None:
    for language, sentence in zip(("en", "fr"), text, strict=True):
        if (at := find_stray(sentence)) >= 0:
            stray = Message("checkfile.brace", text=quoted(sentence[at : at + 20]))
            reader.report(node, stray, what=f"{what}.{language}")
    en, fr = (Counter(place.key for place in list_places(sentence)) for sentence in text)
    if en != fr:
        only = ", ".join(sorted({*(en - fr), *(fr - en)}))
        reader.report(node, Message("checkfile.places_differ", places=only), what=what)
    for place in dict.fromkeys(list_places(text.en)):
        if place.parameter:
            _expect_parameter(reader, node, what, place, parameters)


def _expect_parameter(reader: Reader, node: Node, what: str, place: Place, parameters: Mapping[str, Parameter]) -> None:
    declared = parameters.get(place.name)
    if declared is None:
        hint = suggestion_of(place.name, parameters)
        reader.report(node, Message("parameter.undeclared", name=place.name, hint=hint), what=what)
    elif declared.type == "rows":
        reader.report(node, Message("checkfile.sentence_rows", name=place.name), what=what)
    elif place.forms is not None and declared.type != "integer":
        reader.report(node, Message("checkfile.sentence_number", name=place.name), what=what)
