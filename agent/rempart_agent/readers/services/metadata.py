"""What a cloud tells a virtual machine of itself, at the address that clouds keep for that: 169.254.169.254.

Sources: the manuals of Amazon EC2 (instance metadata, versions 1 and 2), Azure and Yandex Cloud. It is asked where a
statement asks for it and never else, each question within three seconds, and never through a proxy.
"""

from typing import Dict, Mapping, Tuple

from rempart_agent.formats import json_document
from rempart_agent.source.contract import Malformed, SourceError
from rempart_agent.source.target import Target

ADDRESS = "http://169.254.169.254"
SECONDS = 3.0
_TOKEN = "/latest/api/token"  # noqa: S105 - where one is asked for
_TOKEN_SECONDS = "21600"  # noqa: S105 - how long it holds


def get(target: Target, table: str, url: str, headers: Mapping[str, str], method: str = "GET") -> Tuple[int, str]:
    """Return the status of an answer and its text; asked once in a run.

    Args:
        target: What is looked at.
        table: Who asks.
        url: What is asked for.
        headers: What is sent besides the host.
        method: ``GET`` or ``PUT``.

    Raises:
        NotObservable: the target does not run.
        Missing: nobody listens there: no machine of such a cloud.
        SourceError: no answer came in time.
    """
    target.need_live(table)
    source = "metadata " + url
    told: Tuple[int, str] = target.shared(source, lambda: target.ask(source, lambda: ask(url, headers, method)))
    return told


def ask(url: str, headers: Mapping[str, str], method: str) -> Tuple[int, str]:
    """Ask; see ``get``.

    Args:
        url: What is asked for.
        headers: What is sent besides the host.
        method: ``GET`` or ``PUT``.
    """
    from rempart_agent.readers.services import http_client

    answer = http_client.fetch(url, SECONDS, headers, method)
    return answer.status, answer.body.decode("utf-8", "replace")


def document(target: Target, table: str, url: str, headers: Mapping[str, str]) -> Dict[str, json_document.Document]:
    """Return a JSON object.

    Args:
        target: What is looked at.
        table: Who asks.
        url: What is asked for.
        headers: What is sent besides the host.

    Raises:
        Malformed: what came is no object.
        SourceError: another status than 200; see ``get``.
    """
    status, text = get(target, table, url, headers)
    if status != 200:
        raise SourceError("{what}: status {status}", what=url, status=status)
    return parsed(text, url)


def parsed(text: str, url: str) -> Dict[str, json_document.Document]:
    """Return the object that a text holds.

    Args:
        text: JSON.
        url: Where it is from, for the error.

    Raises:
        Malformed: it is no object.
    """
    told = json_document.parse(text.encode("utf-8", "replace"))
    if not isinstance(told, dict):
        raise Malformed("{what}: no object", what=url)
    return told


def ec2(target: Target, table: str, path: str) -> str:
    """Return what EC2 tells of one thing; ``""`` where it has no such thing.

    A token is asked for first (version 2); where the service gives none, it is asked without, as osquery does.

    Args:
        target: What is looked at.
        table: Who asks.
        path: Below ``/latest/``.

    Raises:
        SourceError: the service refuses; see ``get``.
    """
    ttl = {"X-aws-ec2-metadata-token-ttl-seconds": _TOKEN_SECONDS}
    given, token = get(target, table, ADDRESS + _TOKEN, ttl, "PUT")
    headers = {"X-aws-ec2-metadata-token": token.strip()} if given == 200 else {}
    url = ADDRESS + "/latest/" + path
    status, text = get(target, table, url, headers)
    if status == 404:
        return ""
    if status != 200:
        raise SourceError("{what}: status {status}", what=url, status=status)
    return text


def ec2_identity(target: Target, table: str) -> Dict[str, json_document.Document]:
    """Return the document by which an EC2 instance is known; empty where the service has none.

    Args:
        target: What is looked at.
        table: Who asks.

    Raises:
        SourceError: see ``ec2``.
    """
    path = "dynamic/instance-identity/document"
    text = ec2(target, table, path)
    return parsed(text, path) if text else {}


def azure(target: Target, table: str) -> Dict[str, json_document.Document]:
    """Return what Azure tells of the machine; asked only where Azure's agent has left its log, as osquery does.

    Args:
        target: What is looked at.
        table: Who asks.

    Raises:
        Missing: no machine of Azure, by that sign.
        SourceError: see ``document``.
    """
    from rempart_agent.source.contract import Missing

    target.need_live(table)
    if not target.exists("/var/log/waagent.log"):
        raise Missing("{path}: does not exist: no machine of Azure", path="/var/log/waagent.log")
    url = ADDRESS + "/metadata/instance/compute?api-version=2018-02-01"
    return document(target, table, url, {"Metadata": "true"})
