"""Texts of the area suggestion."""

TEXTS = {
    "suggestion.known": " : possibles : {names}",
    "suggestion.one": " : vouliez-vous dire {name} ?",
    "suggestion.two": " : vouliez-vous dire {first} ou {second} ?",
}
