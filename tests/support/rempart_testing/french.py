"""Finds English in a text that has to be French; what another says is a quotation, and may be of any language."""

from __future__ import annotations

import re

ENGLISH = re.compile(
    r"(?<![\w./-])(?:the|is|are|was|were|has|have|not|of|with|which|this|that|cannot|can't|doesn't|its|from|nothing"
    r"|and|does|must|should|there|here|it|for|but|no)(?![\w./-])",
    re.IGNORECASE,
)
QUOTED = re.compile('«[^»]*»|`[^`]*`|"[^"]*"|\\{[^{}]*\\}', re.DOTALL)
#: Help names words of configuration and commands; what stands there in English is syntax.
SYNTAX = re.compile(r"rempart\.\S+|--[\w-]+(?: for| of)?|[A-Z_]{3,}")


def english_in(text: str) -> list[str]:
    """Return the English words of a text that has to be French."""
    return ENGLISH.findall(SYNTAX.sub(" ", QUOTED.sub(" ", text)))
