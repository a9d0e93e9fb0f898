"""Values of parameters that a store does not keep, read back from the English that was said with them."""

import re
from collections.abc import Iterator, Mapping, Sequence

from rempart_core.model.parameter import Value
from rempart_core.model.sentence import Place, Sentences, Wording, list_places, parse, read_said, tell_row

_NUMBER = re.compile("-?[0-9]{1,18}", re.ASCII)
_CELLS = ("observed", "expected")


def recover_wording(row: Mapping[str, str], sentences: Sentences) -> Wording | None:
    """Return what a row can be told with in another language; None where a value in it is not known for sure.

    What was read back counts only where it gives, put into the same sentences, the very text that was kept.

    Args:
        row: A kept row: data and English by column, with the ids of its sentences; untrusted.
        sentences: Those of the check, English and French by id.
    """
    cells = read_said(row, sentences)
    if not cells:
        return None
    values: dict[str, Value] = {}
    for name, ids in zip(_CELLS, cells[1:], strict=True):
        values.update(_read_back(ids, row, row.get(name, ""), sentences))
    wording = Wording(sentences, values)
    asked = {place.name for ids in cells for one in ids for place in list_places(sentences[one][0]) if place.parameter}
    same = tell_row(row, wording, "en")[1:] == tuple(row.get(name, "") for name in _CELLS)
    return wording if asked <= set(values) and (same or not asked) else None


def _read_back(
    ids: Sequence[str], row: Mapping[str, str], text: str, sentences: Sentences
) -> Iterator[tuple[str, Value]]:
    places: list[Place] = []
    pattern = "; ".join("".join(_list_patterns(sentences[one][0], row, places)) for one in ids)
    found = re.fullmatch(pattern, text, re.DOTALL)
    if found is not None:
        for place, value in zip(places, found.groups(), strict=True):
            yield place.name, value.replace(",", "") if place.forms else value


def _list_patterns(sentence: str, row: Mapping[str, str], places: list[Place]) -> Iterator[str]:
    """Yield a sentence as a pattern; places of parameters are noted, in their order."""
    for part in parse(sentence):
        if isinstance(part, str):
            yield re.escape(part)
            continue
        forms = "|".join(re.escape(f" {one}".rstrip()) for one in part.forms or ("",))
        if part.parameter:
            places.append(part)
            yield f"([0-9,]{{1,24}})(?:{forms})" if part.forms else "([^;]{1,200})"
        else:
            value = row.get(part.name, "") or "∅"
            shown = f"{int(value):,}" if part.forms and _NUMBER.fullmatch(value) else value
            yield f"{re.escape(shown)}(?:{forms})"
