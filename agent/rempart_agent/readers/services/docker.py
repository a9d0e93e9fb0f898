"""What several tables read of Docker: its objects, over the socket of its daemon, by GET alone.

Source: the Engine API (1.41 and later), ``/var/run/docker.sock``. Ids may be named by how they begin, as Docker and
osquery take them: a row then has the id as the statement names it. Without one, only running containers are listed.
"""

from typing import Dict, Iterator, List, Optional, Tuple

from rempart_agent.formats.json_document import Document, mapping, text
from rempart_agent.readers.services import unix_http
from rempart_agent.source.contract import Malformed, Query, Row, SourceError
from rempart_agent.source.target import Target

SOCKET = "/var/run/docker.sock"
_HASH = "sha256:"
_HEX = frozenset("0123456789abcdefABCDEF")
_LONGEST = 64
_GONE = (404, 409)  # no such object; a container that does not run

Object = Dict[str, Document]


def get(target: Target, table: str, uri: str) -> Document:
    """Return what Docker tells of a resource.

    Args:
        target: What is looked at.
        table: Who asks.
        uri: The resource, quoted.

    Raises:
        NotObservable: the target does not run.
        Missing: nobody listens on Docker's socket.
        SourceError: Docker refuses, or does not answer.
    """
    status, told = _asked(target, table, uri)
    if status != 200:
        raise _refusal(uri, status, told)
    return told


def find(target: Target, table: str, uri: str) -> Optional[Document]:
    """Return what Docker tells of one object; None where there is none of that id, or it does not run.

    Args:
        target: What is looked at.
        table: Who asks.
        uri: The resource, quoted.

    Raises:
        SourceError: see ``get``.
    """
    status, told = _asked(target, table, uri)
    if status in _GONE:
        return None
    if status != 200:
        raise _refusal(uri, status, told)
    return told


def _asked(target: Target, table: str, uri: str) -> Tuple[int, Document]:
    target.need_live(table)
    source = "docker " + uri
    return target.shared(source, lambda: target.ask(source, lambda: unix_http.get(SOCKET, uri)))


def _refusal(uri: str, status: int, told: Document) -> SourceError:
    said = text(mapping(told).get("message"))
    return SourceError("{what}: {uri}: status {status}: {text}", what=SOCKET, uri=uri, status=status, text=said)


def objects(told: Document) -> List[Object]:
    """Return a list of objects; None is an empty one, as Go writes it.

    Raises:
        Malformed: it is no list of objects.
    """
    found = [] if told is None else told
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise Malformed("{what}: no list of objects", what=SOCKET)
    return [mapping(entry) for entry in found]


def one(told: Document) -> Object:
    """Return an object.

    Raises:
        Malformed: it is none.
    """
    if not isinstance(told, dict):
        raise Malformed("{what}: no object", what=SOCKET)
    return told


def volumes(target: Target, table: str) -> List[Object]:
    """Return the volumes.

    Args:
        target: What is looked at.
        table: Who asks.

    Raises:
        SourceError: see ``get``.
    """
    told = one(get(target, table, "/volumes"))
    return objects(told.get("Volumes", False))


def containers(target: Target, table: str, query: Query) -> Iterator[Tuple[str, Object]]:
    """Yield the containers, each with its id as the statement has it.

    Args:
        target: What is looked at.
        table: Who asks.
        query: The statement: ids that it names are looked for among those that do not run, too.

    Raises:
        SourceError: see ``get``.
    """
    asked = query.equal("id")
    for entry in objects(get(target, table, "/containers/json" + ("" if asked is None else "?all=1"))):
        for name in named(bare(text(entry.get("Id"))), asked):
            yield name, entry


def detail(target: Target, table: str, container: Object) -> Optional[Object]:
    """Return what Docker tells of one container; None where it has gone since.

    Args:
        target: What is looked at.
        table: Who asks.
        container: As listed.

    Raises:
        SourceError: see ``get``.
    """
    told = find(target, table, "/containers/" + quoted(text(container.get("Id"))) + "/json")
    return None if told is None else one(told)


def images(target: Target, table: str, query: Query) -> Iterator[Tuple[str, str]]:
    """Yield the images: each id as the statement has it, and quoted for a resource.

    Args:
        target: What is looked at.
        table: Who asks.
        query: The statement: ids that it names are not looked for.

    Raises:
        SourceError: see ``get``.
    """
    asked = query.equal("id")
    if asked is None:
        asked = [bare(text(entry.get("Id"))) for entry in objects(get(target, table, "/images/json"))]
    for name in asked:
        if is_id(name):
            yield name, quoted(name)


def labels(entries: List[Object], column: str, key: str, asked: Optional[List[str]]) -> Iterator[Row]:
    """Yield a row for each label of each object.

    Args:
        entries: The objects.
        column: The column that names the object.
        key: What Docker calls that.
        asked: The names that the statement asks for.
    """
    for entry in entries:
        for name in named(bare(text(entry.get(key))), asked):
            for label, value in mapping(entry.get("Labels")).items():
                yield {column: name, "key": label, "value": text(value)}


def named(name: str, asked: Optional[List[str]]) -> List[str]:
    """Return how a statement calls an object: by its whole name, or by how an id begins.

    Args:
        name: Its whole name.
        asked: The names that the statement asks for; None for any.
    """
    if asked is None:
        return [name]
    return [one for one in dict.fromkeys(asked) if one == name or (is_id(one) and name.startswith(one))]


def is_id(name: str) -> bool:
    """Tell whether a text may be an id, or the beginning of one."""
    return 0 < len(name) <= _LONGEST and _HEX.issuperset(name)


def quoted(name: str) -> str:
    """Return a name as it stands in a resource."""
    from urllib.parse import quote

    return quote(name, safe="")


def bare(name: str) -> str:
    """Return an id without the algorithm in front of it."""
    return name[len(_HASH) :] if name.startswith(_HASH) else name
