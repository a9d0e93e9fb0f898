"""The bundle: signed run documents and their chain in one file, which proves itself without store or network.

One canonical JSON object (RFC 8785) a line, each line ended by a line feed:

1. the header: ``schema``, ``first`` and ``links`` (number of the first link, how many), ``head`` (hash of the last),
   ``documents`` (how many are in it), ``key`` and ``signature`` of whoever wrote the bundle;
2. for each link ``{"link": …}``, with ``"document": …`` where its document is in the bundle. Before the first document
   that needs it, each part (:mod:`rempart_controller.trust.compaction`) stands on a line of its own, ``{"part": …}``.

Nothing in it is free: every byte is either signed, hashed, or can be in one form only.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any, NamedTuple

from rempart_agent.trust.key import Key, is_signed
from rempart_controller.trust import compaction
from rempart_controller.trust.chain import BEGINNING, find_fault, hash_document
from rempart_core.canonical import canonicalise

SCHEMA = "rempart.bundle/1"
_LINE_LIMIT = 64 * 1024 * 1024
_HEADER = {"schema", "first", "links", "head", "documents", "key", "signature"}


class Entry(NamedTuple):
    """One link of a bundle: canonical JSON, and its document without the parts (None where it is left out)."""

    link: str
    slim: bytes | None
    parts: Mapping[str, bytes]


class Extent(NamedTuple):
    """What a bundle holds: numbers of links, the head, how many documents."""

    first: int
    links: int
    head: str
    documents: int


class Proof(NamedTuple):
    """What a verifier found.

    Attributes:
        fault: What is wrong, ``""`` where nothing is.
        number: The first broken link; 0 where it is not a link that is broken.
        place: Its target and time, as it says itself.
        line: The line of the file.
        first: Number of the first link.
        links: How many links hold.
        documents: How many documents hold.
        head: Hash of the last link that holds.
        keys: Public keys that signed links.
        writer: Public key of whoever wrote the bundle.
        begun: Time of the first run.
        ended: Time of the last.
    """

    fault: str
    number: int = 0
    place: str = ""
    line: int = 0
    first: int = 0
    links: int = 0
    documents: int = 0
    head: str = ""
    keys: tuple[str, ...] = ()
    writer: str = ""
    begun: str = ""
    ended: str = ""


def write(out: IO[bytes], extent: Extent, entries: Iterable[Entry], key: Key) -> None:
    """Write a bundle.

    Args:
        out: Where it goes; errors are ``OSError``.
        extent: What it holds.
        entries: The links in their order, taken one at a time.
        key: Of whoever writes it.
    """
    header: dict[str, Any] = {"schema": SCHEMA, **extent._asdict(), "key": key.public}
    header["signature"] = key.sign(canonicalise(header))
    out.write(canonicalise(header) + b"\n")
    written: set[str] = set()
    for entry in entries:
        if entry.slim is None:
            out.write(b'{"link":' + entry.link.encode() + b"}\n")
            continue
        for digest, part in entry.parts.items():
            if digest not in written:
                written.add(digest)
                out.write(b'{"part":' + part + b"}\n")
        out.write(b'{"document":' + entry.slim + b',"link":' + entry.link.encode() + b"}\n")


class _Broken(Exception):
    """The bundle is broken here; the text says how."""


def verify(lines: IO[bytes], keys: Iterable[str] = (), head: str = "") -> Proof:
    """Prove a bundle, or name its first broken link.

    Args:
        lines: The bundle, opened as bytes; read once, a line at a time.
        keys: Public keys (hex) that may have signed; none takes any key, which proves order and integrity only as far
            as whoever made the bundle is trusted.
        head: Hash that the last link must have; ``""`` takes any.
    """
    verifier = _Verifier(frozenset(keys), head)
    try:
        verifier.read(lines)
    except _Broken as error:
        return verifier.proof(str(error))
    return verifier.proof("")


class _Verifier:
    """What is known while a bundle is read."""

    def __init__(self, keys: frozenset[str], head: str) -> None:
        self._keys = keys
        self._expected = head
        self._line = 0
        self._at: dict[str, Any] = {}
        self._parts: dict[str, bytes] = {}
        self._unused: set[str] = set()
        self._header: dict[str, Any] = {}
        self._links = self._documents = 0
        self._previous: str | None = None
        self._signers: dict[str, None] = {}
        self._begun = self._ended = ""

    def proof(self, fault: str) -> Proof:
        """Return what was found."""
        header, number = self._header, 0
        if fault and self._at:
            number = header["first"] + self._links if header else 0
        return Proof(
            fault=fault,
            number=number,
            place=" ".join(str(self._at.get(name, "")) for name in ("target", "ended")) if fault and self._at else "",
            line=self._line,
            first=header.get("first", 0),
            links=self._links,
            documents=self._documents,
            head=self._previous or "",
            keys=tuple(self._signers),
            writer=header.get("key", ""),
            begun=self._begun,
            ended=self._ended,
        )

    def read(self, lines: IO[bytes]) -> None:
        """Read all of it."""
        objects = self._objects(lines)
        self._read_header(next(objects, None))
        for data in objects:
            if set(data) == {"part"}:
                part = canonicalise(data["part"])
                digest = hashlib.sha256(part).hexdigest()
                if digest in self._parts:
                    raise _Broken("the same part stands twice")
                self._parts[digest] = part
                self._unused.add(digest)
            elif set(data) in ({"link"}, {"link", "document"}) and isinstance(data["link"], dict):
                self._at = data["link"]
                self._read_link(data["link"], data.get("document"))
                self._at = {}
            else:
                raise _Broken("this line is neither a link nor a part")
        self._end()

    def _objects(self, lines: IO[bytes]) -> Iterator[dict[str, Any]]:
        while line := lines.readline(_LINE_LIMIT):
            self._line += 1
            try:
                data = json.loads(line)
                same = canonicalise(data) + b"\n" == line
            except (ValueError, RecursionError):
                raise _Broken(self._blame("this line is no canonical JSON")) from None
            if not same or not isinstance(data, dict):
                raise _Broken(self._blame("this line is no canonical JSON: it was changed, or cut off"))
            yield data

    def _blame(self, fault: str) -> str:
        """Take the link that is to come for the broken one, since the line can't say which it is."""
        if self._header:
            self._at = {"target": f"line {self._line}"}
        return fault

    def _read_header(self, header: dict[str, Any] | None) -> None:
        if header is None or header.get("schema") != SCHEMA or set(header) != _HEADER:
            raise _Broken("this is no bundle of signed runs")
        texts = all(isinstance(header[name], str) for name in ("head", "key", "signature"))
        numbers = all(type(header[name]) is int for name in ("first", "links", "documents"))
        signed = {name: value for name, value in header.items() if name != "signature"}
        if not texts or not numbers or not is_signed(canonicalise(signed), header["signature"], header["key"]):
            raise _Broken("the signature of the bundle's header is not right")
        self._header = header
        self._previous = BEGINNING if header["first"] == 1 else None

    def _read_link(self, link: dict[str, Any], document: Any) -> None:
        fault = find_fault(link, self._header["first"] + self._links, self._previous)
        if fault:
            raise _Broken(fault)
        if self._keys and link["key"] not in self._keys:
            raise _Broken(f"it was signed with another key: {link['key']}")
        if document is not None:
            self._read_document(link, document)
            self._documents += 1
        self._links += 1
        self._signers[link["key"]] = None
        self._begun = self._begun or link["ended"]
        self._ended = link["ended"]
        self._previous = hashlib.sha256(canonicalise(link)).hexdigest()

    def _read_document(self, link: dict[str, Any], document: Any) -> None:
        try:
            data = compaction.join(document, self._parts)
        except (AttributeError, KeyError, TypeError, ValueError):
            raise _Broken("its document is damaged, or a part of it is missing") from None
        if hash_document(data) != link["document"]:
            raise _Broken("its document is not the one that was signed")
        self._unused.difference_update(result[compaction.NAME] for result in document["results"])

    def _end(self) -> None:
        header = self._header
        if self._links != header["links"]:
            missing = header["first"] + self._links
            raise _Broken(f"the bundle ends too soon: link {missing} is missing, {header['links']} were in it")
        if self._links and self._previous != header["head"]:
            raise _Broken("the last link is not the head that the header names")
        if self._documents != header["documents"]:
            raise _Broken(f"{header['documents']} documents were in it, {self._documents} are")
        if self._unused:
            raise _Broken("a part belongs to no document")
        if self._expected and self._previous != self._expected:
            raise _Broken(f"its head is {self._previous}, not the one that is expected")
