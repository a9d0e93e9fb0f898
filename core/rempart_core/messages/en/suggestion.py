"""Texts of the area suggestion."""

TEXTS = {
    "suggestion.known": ": known here: {names}",
    "suggestion.one": ": did you mean {name}?",
    "suggestion.two": ": did you mean {first} or {second}?",
}
