"""What a check says of its rows: reads the key ``sentences`` of a check file."""

from collections import Counter
from collections.abc import Mapping

from rempart_core.content.reader import Reader
from rempart_core.content.yamlfile import Entries, Node, Scalar
from rempart_core.model.parameter import Parameter
from rempart_core.model.sentence import Place, find_stray, is_id, list_places
from rempart_core.suggestion import show, suggest
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
        reader.report(node, "sentences: there is none: where a check shows data alone, write sentences: none")
    found: dict[str, tuple[str, str]] = {}
    for key, value in entries:
        what = f"sentences.{key.text}"
        if not is_id(key.text):
            reader.report(key, f"sentences: {show(key.text)} is no id: small letters, digits and _")
        text = reader.translation(value, what, reader.line)
        if all(text):
            _expect_places(reader, value, what, text, parameters)
        found[key.text] = (text.en, text.fr)
    return found


def _expect_places(reader: Reader, node: Node, what: str, text: Text, parameters: Mapping[str, Parameter]) -> None:
    for language, sentence in zip(("en", "fr"), text, strict=True):
        if (at := find_stray(sentence)) >= 0:
            reader.report(node, f"{what}.{language}: a brace that belongs to no place: {show(sentence[at : at + 20])}")
    en, fr = (Counter(place.key for place in list_places(sentence)) for sentence in text)
    if en != fr:
        only = ", ".join(sorted({*(en - fr), *(fr - en)}))
        reader.report(node, f"{what}: English and French hold different places: {only}")
    for place in dict.fromkeys(list_places(text.en)):
        if place.parameter:
            _expect_parameter(reader, node, what, place, parameters)


def _expect_parameter(reader: Reader, node: Node, what: str, place: Place, parameters: Mapping[str, Parameter]) -> None:
    declared = parameters.get(place.name)
    if declared is None:
        message = f"the parameter :{place.name} is not declared{suggest(place.name, parameters)}"
        reader.report(node, f"{what}: {message}")
    elif declared.type == "rows":
        reader.report(node, f"{what}: :{place.name} holds rows, which are no part of a sentence")
    elif place.forms is not None and declared.type != "integer":
        reader.report(node, f"{what}: :{place.name} is no whole number, so no word goes with it")
