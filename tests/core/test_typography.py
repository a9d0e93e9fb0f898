"""French: the spaces before signs never break; what is copied into a shell stays as it is."""

from __future__ import annotations

from rempart_core.typography import typeset


def test_french_spaces_do_not_break_and_english_has_none() -> None:
    assert typeset("Pourquoi ? « Parce que » : 5 % ; bien !", "fr") == (
        "Pourquoi\u202f? «\u00a0Parce que\u00a0»\u00a0: 5\u202f% \u202f; bien\u202f!".replace(" \u202f;", "\u202f;")
    )
    assert typeset("why ?", "en") == "why ?"
    assert typeset("lancer : `test : x` !", "fr") == "lancer\u00a0: `test : x`\u202f!"
