"""Names of packages as Portage of Gentoo writes them (portage(5), ebuild(5)): category, name and version."""

from typing import Iterator, List, Tuple

_SIGNS = "<>="


def split(atom: str) -> Tuple[str, str]:
    """Return the package and the version of an atom, with the signs in front of the version; ``""`` for none.

    A version is what follows the last hyphen, or the one before it (``-r1``), where that begins with a digit.
    """
    text = atom[:-1] if atom.endswith("/") else atom
    signs = ""
    while text[:1] and text[0] in _SIGNS:
        if signs or text[0] != "=":
            signs += text[0]
        text = text[1:]
    slash = text.find("/")
    at = text.rfind("-")
    for _ in range(2):
        if at > slash and at >= 0 and text[at + 1 : at + 2].isdigit():
            return text[:at], signs + text[at + 1 :]
        at = text.rfind("-", 0, at) if at > 0 else -1
    return text, signs


def atoms(text: str) -> Iterator[List[str]]:
    """Yield the words of the lines of a file of atoms, comments and empty lines left out."""
    for line in text.split("\n"):
        words = line.split()
        if words and not words[0].startswith("#"):
            yield words
