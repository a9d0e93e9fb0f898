"""The spaces of French typography that must not break, in texts of ours."""

NARROW = "\u202f"  # the space that never breaks, before ; ? ! and between thousands
FIXED = "\u00a0"  # the space that never breaks, before : and inside « »
COLON, SEMICOLON = FIXED + ": ", NARROW + "; "
"""What stands in French between a label and what it is of, and between two things that are said in one line."""

_FIXED_SPACES = (
    (" : ", FIXED + ": "),
    (" :\n", FIXED + ":\n"),
    (" ;", NARROW + ";"),
    (" ?", NARROW + "?"),
    (" !", NARROW + "!"),
    (" %", NARROW + "%"),
    (" »", FIXED + "»"),
    ("« ", "«" + FIXED),
)


def typeset(text: str, language: str) -> str:
    """Return our own text with the spaces of French typography that must not break.

    English stays as it is, and so does what stands between backticks, for that is copied into a shell.

    Args:
        text: Ours, never a machine's.
        language: ``en`` or ``fr``.
    """
    if language != "fr":
        return text
    pieces = text.split("`")
    for place in range(0, len(pieces), 2):
        for plain, fixed in _FIXED_SPACES:
            pieces[place] = pieces[place].replace(plain, fixed)
        if pieces[place].endswith(" :"):  # no parameter of SQL, as :name
            pieces[place] = pieces[place][:-2] + FIXED + ":"
    return "`".join(pieces)
