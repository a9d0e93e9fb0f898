"""What several tables read of LXD: its objects, over the socket of its daemon, by GET alone.

Source: the REST API 1.0 (``doc/rest-api.yaml`` of LXD), the default project. The socket is that of a package or of the
snap, whichever is there. What answers holds the object as ``metadata``.
"""

from typing import Dict, List, Optional, Tuple

from rempart_agent.formats.json_document import Document, mapping, text
from rempart_agent.readers.services import unix_http
from rempart_agent.source.contract import Malformed, SourceError
from rempart_agent.source.target import Target

SOCKETS = ("/var/lib/lxd/unix.socket", "/var/snap/lxd/common/lxd/unix.socket")
_ROOT = "/1.0/"
_ANSWERS = (200, 202)
_NOT_FOUND = 404

Object = Dict[str, Document]


def get(target: Target, table: str, uri: str) -> Document:
    """Return what LXD tells of a resource.

    Args:
        target: What is looked at.
        table: Who asks.
        uri: The resource, quoted, from ``/1.0/`` on.

    Raises:
        NotObservable: the target does not run.
        Missing: nobody listens on LXD's socket.
        SourceError: LXD refuses, or does not answer.
    """
    status, told = _asked(target, table, uri)
    if status not in _ANSWERS:
        raise _refusal(uri, status, told)
    return _metadata(told, uri)


def find(target: Target, table: str, uri: str) -> Optional[Object]:
    """Return an object; None where LXD has no such one.

    Args:
        target: What is looked at.
        table: Who asks.
        uri: The resource, quoted.

    Raises:
        Malformed: what LXD tells of it is no object.
        SourceError: see ``get``.
    """
    status, told = _asked(target, table, uri)
    if status == _NOT_FOUND:
        return None
    if status not in _ANSWERS:
        raise _refusal(uri, status, told)
    found = _metadata(told, uri)
    if not isinstance(found, dict):
        raise Malformed("{what}: no object", what=uri)
    return found


def urls(target: Target, table: str, uri: str) -> List[str]:
    """Return the resources that one lists.

    Args:
        target: What is looked at.
        table: Who asks.
        uri: The resource that lists them.

    Raises:
        Malformed: LXD does not tell of resources.
        SourceError: see ``get``.
    """
    told = get(target, table, uri)
    found = [] if told is None else told
    if not isinstance(found, list):
        raise Malformed("{what}: no list of objects", what=uri)
    named = [text(entry) for entry in found]
    if not all(name.startswith(_ROOT) for name in named):
        raise Malformed("{what}: no list of objects", what=uri)
    return named


def containers(target: Target, table: str, names: Optional[List[str]]) -> List[str]:
    """Return the resources of containers; from LXD 6.7 on, of virtual machines too.

    Args:
        target: What is looked at.
        table: Who asks.
        names: Those that are asked for; None for all.

    Raises:
        SourceError: see ``get``.
    """
    status, _told = _asked(target, table, _ROOT + "containers")
    place = _ROOT + ("instances" if status == _NOT_FOUND else "containers")
    if names is None:
        return urls(target, table, place)
    return [place + "/" + quoted(name) for name in names if name]


def quoted(name: str) -> str:
    """Return a name as it stands in a resource."""
    from urllib.parse import quote

    return quote(name, safe="")


def _asked(target: Target, table: str, uri: str) -> Tuple[int, Document]:
    target.need_live(table)
    source = "lxd " + uri
    return target.shared(source, lambda: target.ask(source, lambda: unix_http.get(_socket(target), uri)))


def _socket(target: Target) -> str:
    return next((path for path in SOCKETS if target.exists(path)), SOCKETS[0])


def _metadata(told: Document, uri: str) -> Document:
    if not isinstance(told, dict) or "metadata" not in told:
        raise Malformed("{what}: no object", what=uri)
    return told["metadata"]


def _refusal(uri: str, status: int, told: Document) -> SourceError:
    said = text(mapping(told).get("error"))
    return SourceError("{what}: {uri}: status {status}: {text}", what="LXD", uri=uri, status=status, text=said)
