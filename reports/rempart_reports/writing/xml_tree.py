"""An element tree as text, indented: twice as fast as the standard library's way, and only for what JUnit needs.

ElementTree looks for namespaces in each element before it writes one; a fleet's report has a million of them and none.
Source: XML 1.0, sections 2.4 (escapes) and 3.3.3 (line ends in attributes).
"""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


_SPECIAL = re.compile(r'[&<>"\n\r\t]').search  # most texts have none


def write_tree(element: "Element", depth: int = 0) -> str:
    """Return an element and all below it, one line feed behind each tag that holds no text.

    Args:
        element: Has texts or children, not both; texts hold nothing that no XML may hold.
        depth: How far it is indented.
    """
    pieces: list[str] = []
    _write(element, " " * depth, pieces)
    return "".join(pieces)


def _write(element: "Element", indent: str, pieces: list[str]) -> None:
    head = f"{indent}<{element.tag}"
    for name, value in element.items():
        head += f' {name}="{_escape_attribute(value) if _SPECIAL(value) else value}"'
    if len(element):
        pieces.append(f"{head}>\n")
        for child in element:
            _write(child, indent + " ", pieces)
        pieces.append(f"{indent}</{element.tag}>\n")
    elif text := element.text:
        pieces.append(f"{head}>{_escape(text) if _SPECIAL(text) else text}</{element.tag}>\n")
    else:
        pieces.append(f"{head} />\n")


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def _escape_attribute(text: str) -> str:
    return _escape(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#09;")
