"""The bundle: signed run documents and their chain in one file, which proves itself without store or network.

One canonical JSON object (RFC 8785) a line, each line ended by a line feed:

1. the header, a signed envelope (:mod:`rempart_core.signing.dsse`) by whoever wrote the bundle, with a statement of
   ``schema``, ``first`` and ``links`` (number of the first link, how many), ``head`` (hash of the last),
   ``documents`` (how many are in it), what is left out on purpose: ``since`` (the moment from which links were wanted),
   ``hosts`` (those whose documents were wanted), each null for all, and ``forgotten`` (null, or the signed statement of
   :mod:`rempart_core.signing.forgetting`);
2. for each link ``{"link": …}``, with ``"document": …`` where its document is in the bundle. Before the first document
   that needs it, each part (:mod:`rempart_core.signing.compaction`) stands on a line of its own, ``{"part": …}``.

Nothing in it is free: every byte is either signed, hashed, or can be in one form only.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, NamedTuple

from rempart_core.json_value import Json, JsonObject
from rempart_core.messages.message import Message
from rempart_core.signing import compaction, dsse
from rempart_core.signing.canonical import canonicalise
from rempart_core.signing.chain import BEGINNING, Link, find_fault, hash_document, read_link
from rempart_core.signing.dsse import Signed
from rempart_core.signing.forgetting import covers, read_before
from rempart_core.signing.forgetting import find_fault as find_wrong_statement
from rempart_core.signing.key import Key
from rempart_core.text import clean_line

SCHEMA = "rempart.bundle/3"
_SECOND, _FIRST = "rempart.bundle/2", "rempart.bundle/1"
"""Bundles of before are signed flat; the first say how many documents they hold, not which were left out on purpose."""

_LINE_LIMIT = 64 * 1024 * 1024
_HEADER = {"schema", "first", "links", "head", "documents", "since", "hosts", "forgotten"}
_MARGIN = {"since", "hosts", "forgotten"}
_NAMED = 20  # documents that are missing of which the number is told


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


class Margin(NamedTuple):
    """What a bundle leaves out on purpose.

    Attributes:
        since: Links from that moment on were wanted; None for all.
        hosts: Documents of these targets were wanted; None for all.
        forgotten: The signed statement of what was forgotten; None where nothing was.
    """

    since: int | None = None
    hosts: tuple[str, ...] | None = None
    forgotten: JsonObject | None = None


class _Header(NamedTuple):
    """What the header says; see :class:`Extent` and :class:`Margin`."""

    first: int
    links: int
    head: str
    documents: int
    since: int | None
    hosts: tuple[str, ...] | None
    forgotten: Json


class Proof(NamedTuple):
    """What a verifier found.

    Attributes:
        fault: What is wrong; None where nothing is.
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
        proven: Whether keys were given that all of it must be signed with: else it is only in itself without a fault.
        missing: Numbers of links whose documents are missing.
        hosts: The hosts whose documents it was meant to hold; None for all.
        forgotten: Documents of runs before that moment (seconds since 1970) were forgotten; 0 where none was.
    """

    fault: Message | None
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
    proven: bool = False
    missing: tuple[int, ...] = ()
    hosts: tuple[str, ...] | None = None
    forgotten: int = 0


def write(
    out: IO[bytes],
    extent: Extent,
    entries: Iterable[Entry],
    key: Key,
    margin: Margin = Margin(),  # noqa: B008 - immutable
) -> None:
    """Write a bundle.

    Args:
        out: Where it goes; errors are ``OSError``.
        extent: What it holds.
        entries: The links in their order, taken one at a time.
        key: Of whoever writes it.
        margin: What it leaves out on purpose.
    """
    header: dict[str, Json] = {"schema": SCHEMA, **extent._asdict(), **margin._asdict()}
    header["hosts"] = None if margin.hosts is None else list(margin.hosts)
    out.write(canonicalise(dsse.sign(header, key)) + b"\n")
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
    """The bundle is broken here; the text says how.

    Attributes:
        fault: How.
        number: The link that is meant, where it is not the one that is read.
    """

    def __init__(self, fault: Message, number: int = 0) -> None:
        super().__init__(fault)
        self.fault = fault
        self.number = number


def verify(lines: IO[bytes], keys: Iterable[str] = (), head: str = "") -> Proof:
    """Prove a bundle, or name its first broken link.

    Args:
        lines: The bundle, opened as bytes; read once, a line at a time.
        keys: Public keys (hex) that must have signed the header, each link and what was forgotten. Without one nothing
            is proven: whoever made the bundle may have made all of it.
        head: Hash that the last link must have; ``""`` takes any.
    """
    verifier = _Verifier(frozenset(keys), head)
    try:
        verifier.read(lines)
    except _Broken as error:
        return verifier.proof(error.fault, error.number)
    return verifier.proof(None)


def _header_of(statement: JsonObject) -> _Header | None:
    """Return what the statement of a header says; None where it is none."""
    schema, names = statement.get("schema"), set(statement)
    silent = schema == _FIRST and names == _HEADER - _MARGIN
    if not silent and (schema not in (SCHEMA, _SECOND) or names != _HEADER):
        return None
    match {**dict.fromkeys(_MARGIN), **statement}:
        case {
            "first": int(first),
            "links": int(links),
            "head": str(head),
            "documents": int(documents),
            "since": None | int() as since,
            "hosts": hosts,
            "forgotten": forgotten,
        } if not any(isinstance(one, bool) for one in (first, links, documents, since)):
            if hosts is None:
                return _Header(first, links, head, documents, since, None, forgotten)
            if isinstance(hosts, list) and all(isinstance(one, str) for one in hosts):
                return _Header(first, links, head, documents, since, tuple(hosts), forgotten)
    return None


class _Verifier:
    """What is known while a bundle is read."""

    def __init__(self, keys: frozenset[str], head: str) -> None:
        self._keys = keys
        self._expected = head
        self._line = 0
        self._at: JsonObject = {}
        self._parts: dict[str, bytes] = {}
        self._unused: set[str] = set()
        self._header: _Header | None = None
        self._writer = ""
        self._forgotten = 0
        self._silent = False  # whether its header can't say what is left out
        self._links = self._documents = 0
        self._previous: str | None = None
        self._signers: dict[str, None] = {}
        self._begun = self._ended = ""
        self._missing: list[tuple[int, str]] = []
        self._hashes: dict[str, int] = {}

    def proof(self, fault: Message | None, number: int = 0) -> Proof:
        """Return what was found."""
        first = self._header.first if self._header else 0
        if self._at:
            number = first + self._links
        return Proof(
            fault=fault,
            number=number,
            place=self._place(number),
            line=self._line,
            first=first,
            links=self._links,
            documents=self._documents,
            head=self._previous or "",
            keys=tuple(self._signers),
            writer=self._writer,
            begun=self._begun,
            ended=self._ended,
            proven=bool(self._keys) and not fault,
            missing=tuple(number for number, _ in self._missing),
            hosts=self._header.hosts if self._header else None,
            forgotten=self._forgotten,
        )

    def _place(self, number: int) -> str:
        """Return target and time of a link that is broken, as it says itself."""
        if self._at:
            return " ".join(str(self._at.get(name, "")) for name in ("target", "ended"))
        return dict(self._missing).get(number, "")

    def read(self, lines: IO[bytes]) -> None:
        """Read all of it."""
        objects = self._objects(lines)
        header = self._read_header(next(objects, None))
        for data in objects:
            link = data.get("link")
            if set(data) == {"part"}:
                part = canonicalise(data["part"])
                digest = hashlib.sha256(part).hexdigest()
                if digest in self._parts:
                    raise _Broken(Message("proof.part_twice"))
                self._parts[digest] = part
                self._unused.add(digest)
            elif set(data) in ({"link"}, {"link", "document"}) and isinstance(link, dict):
                signed = dsse.read(link)
                self._at = (signed.statement if signed else {}) or {"target": f"line {self._line}"}
                if data.get("document", {}) is None:  # a link without one has no such key: there is one way to say it
                    raise _Broken(Message("proof.document_damaged"))
                self._read_link(header, link, signed, data.get("document"))
                self._at = {}
            else:
                raise _Broken(Message("proof.no_line"))
        self._end(header)

    def _objects(self, lines: IO[bytes]) -> Iterator[dict[str, Json]]:
        while line := lines.readline(_LINE_LIMIT):
            self._line += 1
            try:
                data = json.loads(line)
                same = canonicalise(data) + b"\n" == line
            except (ValueError, RecursionError):
                raise _Broken(self._blame(Message("proof.no_json"))) from None
            if not same or not isinstance(data, dict):
                raise _Broken(self._blame(Message("proof.cut_off")))
            yield data

    def _blame(self, fault: Message) -> Message:
        """Take the link that is to come for the broken one, since the line can't say which it is."""
        if self._header:
            self._at = {"target": f"line {self._line}"}
        return fault

    def _read_header(self, data: dict[str, Json] | None) -> _Header:
        signed = dsse.read(data)
        if signed is None:
            raise _Broken(Message("proof.no_bundle"))
        if not signed.right:
            raise _Broken(Message("proof.header_signature"))
        self._silent = signed.statement.get("schema") == _FIRST
        header = _header_of(signed.statement)
        if header is None:
            raise _Broken(Message("proof.no_bundle"))
        self._header, self._writer = header, signed.key
        self._previous = BEGINNING if header.first <= 1 else None
        if self._keys and signed.key not in self._keys:
            raise _Broken(Message("proof.header_key", key=signed.key))
        if header.first > 1 and header.since is None and not self._silent:
            last = header.first - 1
            raise _Broken(Message("proof.links_missing", last=last) if last > 1 else Message("proof.link_missing"), 1)
        if header.forgotten is not None:
            statement = dsse.read(header.forgotten)
            fault = find_wrong_statement(statement)
            if fault is not None or statement is None:
                raise _Broken(fault or Message("proof.forgotten_none"))
            if self._keys and statement.key not in self._keys:
                raise _Broken(Message("proof.forgotten_key", key=statement.key))
            self._forgotten = read_before(statement) or 0
        return header

    def _read_link(self, header: _Header, envelope: JsonObject, signed: Signed | None, document: Json) -> None:
        fault = find_fault(signed, header.first + self._links, self._previous)
        link = signed and read_link(signed)
        if fault is not None or signed is None or link is None:
            raise _Broken(fault or Message("proof.link_none"))
        if self._keys and signed.key not in self._keys:
            raise _Broken(Message("proof.link_key", key=signed.key))
        if document is not None:
            self._read_document(link, document)
            self._documents += 1
        elif not self._may_lack(header, link):
            self._missing.append((link.number, f"{link.target} {link.ended}"))
        self._links += 1
        self._signers[signed.key] = None
        self._begun = self._begun or link.ended
        self._ended = link.ended
        self._previous = hashlib.sha256(canonicalise(envelope)).hexdigest()
        self._hashes[self._previous] = link.number

    def _may_lack(self, header: _Header, link: Link) -> bool:
        """Tell whether a link may be without its document: it was not wanted, or forgotten."""
        if header.hosts is not None and clean_line(link.target) not in header.hosts:
            return True
        return header.forgotten is not None and covers(self._forgotten, link.ended)

    def _read_document(self, link: Link, document: Json) -> None:
        if not isinstance(document, dict):
            raise _Broken(Message("proof.document_damaged"))
        try:
            data = compaction.join(document, self._parts)
            used = compaction.names_of(document)
        except (AttributeError, KeyError, TypeError, ValueError):
            raise _Broken(Message("proof.document_damaged")) from None
        if hash_document(data) != link.document:
            raise _Broken(Message("proof.document_other"))
        self._unused.difference_update(used)

    def _end(self, header: _Header) -> None:
        if self._links != header.links:
            missing = header.first + self._links
            raise _Broken(Message("proof.ends_early", link=missing, count=header.links))
        if self._links and self._previous != header.head:
            raise _Broken(Message("proof.header_head"))
        if self._missing and not self._silent:
            raise _Broken(_tell_missing([number for number, _ in self._missing]), self._missing[0][0])
        if self._documents != header.documents:
            raise _Broken(Message("proof.documents_count", expected=header.documents, found=self._documents))
        if self._unused:
            raise _Broken(Message("proof.part_stray"))
        if self._expected and self._previous != self._expected:
            found, head = self._hashes.get(self._expected), self._previous or ""
            if found is None:
                raise _Broken(Message("proof.head_gone", head=head))
            behind = header.first + self._links - 1 - found
            raise _Broken(Message("proof.head_behind", head=head, link=found, behind=behind))


def _tell_missing(numbers: Sequence[int]) -> Message:
    """Return which links have no document, the first of them meant by "its"."""
    others = ", ".join(str(one) for one in numbers[1:_NAMED])
    more = len(numbers) - _NAMED
    if more > 0:
        return Message("proof.documents_missing_more", others=others, more=more)
    return Message("proof.documents_missing", others=others) if others else Message("proof.document_missing")
