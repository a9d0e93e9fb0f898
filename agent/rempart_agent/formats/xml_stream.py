"""Reads XML that nobody vouches for as a stream, by expat: no entities, and bounds on depth and on each piece of text.

A document type is refused as a whole, since that is where entities are declared; nothing outside of the document is
ever looked at.
"""

from typing import Any, Dict, Iterable, Iterator, List

from rempart_agent.source.contract import Malformed

MAX_DEPTH = 32
MAX_TOKEN = 4 * 1024 * 1024  # bytes of a tag with its attributes
MAX_TEXT = 20_000  # characters that are kept of an element's text


class Reader:
    """What a kind of document is made of: overridden by each, which puts what it finds into ``found``.

    Attributes:
        root: The name that the outermost element has to have.
        found: What was found and not yet yielded.
        depth: How many elements are open; 1 within the outermost.
    """

    root = ""

    def __init__(self) -> None:
        """Start before the document."""
        self.found: List[Any] = []
        self.depth = 0
        self._text: List[str] = []
        self._size = 0
        self._wanted = False

    def start(self, name: str, attributes: Dict[str, str]) -> None:
        """Take note of an element that begins; ``depth`` counts it.

        Args:
            name: The element's.
            attributes: Text by name.
        """

    def end(self, name: str, text: str) -> None:
        """Take note of an element that ends; ``text`` is what it held if ``start`` called ``keep_text``.

        Args:
            name: The element's.
            text: ``""`` where nobody called for it.
        """

    def keep_text(self) -> None:
        """Keep the text of the element that begins."""
        self._wanted = True
        self._size = 0
        del self._text[:]

    def begin(self, name: str, attributes: Dict[str, str]) -> None:
        """See ``StartElementHandler`` of pyexpat."""
        self.depth += 1
        if self.depth == 1 and name.rpartition(":")[2] != self.root:
            raise Malformed("no <{root}> but <{name}>", root=self.root, name=f"{name:.40}")
        if self.depth > MAX_DEPTH:
            raise Malformed("elements nested too deeply")
        self._wanted = False
        self.start(name, attributes)

    def finish(self, name: str) -> None:
        """See ``EndElementHandler`` of pyexpat."""
        self.end(name, "".join(self._text) if self._wanted else "")
        self._wanted = False
        self.depth -= 1

    def characters(self, text: str) -> None:
        """See ``CharacterDataHandler`` of pyexpat."""
        if self._wanted and self._size < MAX_TEXT:
            self._text.append(text[: MAX_TEXT - self._size])
            self._size += len(text)


def read(parts: Iterable[bytes], reader: Reader, path: str = "XML") -> Iterator[Any]:
    """Yield what ``reader`` finds in a document.

    Args:
        parts: The document, cut anywhere.
        reader: What looks at it.
        path: Its name, for errors.

    Raises:
        Malformed: it is no well-formed XML, of another kind, cut off, or beyond the bounds.
    """
    try:
        yield from _read(parts, reader)
    except Malformed as error:
        raise error if path in str(error) else Malformed("{path}: {error}", path=path, error=error) from error


def _read(parts: Iterable[bytes], reader: Reader) -> Iterator[Any]:
    from xml.parsers import expat

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.begin
    parser.EndElementHandler = reader.finish
    parser.CharacterDataHandler = reader.characters
    parser.StartDoctypeDeclHandler = _refuse
    fed = 0
    try:
        for part in parts:
            fed += len(part)
            parser.Parse(part, False)
            if fed - max(parser.CurrentByteIndex, 0) > MAX_TOKEN:
                raise Malformed("a tag beyond all measure")
            if reader.found:
                yield from reader.found
                del reader.found[:]
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Malformed(str(error)) from error
    yield from reader.found


def _refuse(*_: Any) -> None:
    raise Malformed("XML with a document type of its own")
