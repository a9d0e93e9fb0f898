"""Asks Amazon EC2's API for the tags of an instance, with the rights that the instance, or who runs this, has.

Sources: "Signature Version 4 signing process" of AWS; ``DescribeTags`` of the EC2 API, version 2016-11-15. Keys are
those of the environment (``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY``, ``AWS_SESSION_TOKEN``), else those that the
instance gives for its role. They go into a signature, and nowhere else.
"""

import hashlib
import hmac
import os
import re
from typing import Dict, List, Mapping, NamedTuple, Tuple

from rempart_agent.formats.json_document import text
from rempart_agent.readers.services import metadata
from rempart_agent.source.contract import Malformed, Missing, SourceError
from rempart_agent.source.target import Target

SECONDS = 16.0
_VERSION = "2016-11-15"
_ROLES = "meta-data/iam/security-credentials/"
_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-[0-9]{1,2}")
_INSTANCE = re.compile(r"i-[0-9a-f]{1,32}")
_TYPE = "application/x-www-form-urlencoded; charset=utf-8"


class Keys(NamedTuple):
    """What a request is signed with.

    Attributes:
        identity: The access key's name.
        secret: The key.
        token: The session's token; ``""`` for none.
    """

    identity: str
    secret: str
    token: str

    def __repr__(self) -> str:
        """Return nothing of the key."""
        return "Keys({!r}, …)".format(self.identity)


def keys(target: Target, table: str) -> Keys:
    """Return the keys that there are.

    Args:
        target: What is looked at.
        table: Who asks.

    Raises:
        Missing: the environment has none, and the instance no role.
        SourceError: the instance's metadata service does not answer.
    """
    own = [os.environ.get(name, "") for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")]
    if own[0] and own[1]:
        return Keys(*own)
    role = metadata.ec2(target, table, _ROLES).split("\n")[0].strip()
    if not role or not role.isprintable() or "/" in role or " " in role:
        raise Missing("no keys of AWS: neither in the environment nor by a role of the instance")
    told = metadata.parsed(metadata.ec2(target, table, _ROLES + role) or "{}", _ROLES + role)
    found = Keys(*(text(told.get(name)) for name in ("AccessKeyId", "SecretAccessKey", "Token")))
    if not found.identity or not found.secret:
        raise Missing("no keys of AWS: neither in the environment nor by a role of the instance")
    return found


def tags(region: str, instance: str, pair: Keys) -> List[Tuple[str, str]]:
    """Return the tags of an instance, names and values.

    Args:
        region: The region that it is in.
        instance: Its id.
        pair: What the request is signed with.

    Raises:
        Malformed: region or instance are none, or the answer is none.
        SourceError: the API refuses, or does not answer.
    """
    import time
    from urllib.parse import quote, urlencode

    from rempart_agent.readers.services import http_client

    if not _REGION.fullmatch(region) or not _INSTANCE.fullmatch(instance):
        raise Malformed("no instance of EC2: {text}", text=repr((region + " " + instance)[:80]))
    host = "ec2.{}.amazonaws.com{}".format(region, ".cn" if region.startswith("cn-") else "")
    asked = {
        "Action": "DescribeTags",
        "Filter.1.Name": "resource-id",
        "Filter.1.Value.1": instance,
        "MaxResults": "50",
        "Version": _VERSION,
    }
    content = urlencode(asked, quote_via=quote).encode("ascii")
    moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    headers = signed(host, region, "ec2", content, moment, pair)
    answer = http_client.fetch("https://" + host + "/", SECONDS, headers, "POST", content)
    if answer.status != 200:
        raise SourceError("{what}: status {status}", what=host, status=answer.status)
    return parse(answer.body)


def signed(host: str, region: str, service: str, content: bytes, moment: str, pair: Keys) -> Dict[str, str]:
    """Return the headers of a POST to ``/``, its signature among them.

    Args:
        host: Who is asked.
        region: The region.
        service: ``ec2``.
        content: The body.
        moment: When, ``20150830T123600Z``.
        pair: What it is signed with.
    """
    headers = {"Content-Type": _TYPE, "X-Amz-Date": moment}
    if pair.token:
        headers["X-Amz-Security-Token"] = pair.token
    named = {name.lower(): value.strip() for name, value in {**headers, "Host": host}.items()}
    names = ";".join(sorted(named))
    lines = "".join("{}:{}\n".format(name, named[name]) for name in sorted(named))
    request = "\n".join(["POST", "/", "", lines, names, hashlib.sha256(content).hexdigest()])
    scope = "/".join([moment[:8], region, service, "aws4_request"])
    digest = hashlib.sha256(request.encode("utf-8")).hexdigest()
    signature = _mac(_key(pair.secret, scope), "AWS4-HMAC-SHA256\n{}\n{}\n{}".format(moment, scope, digest)).hex()
    said = "AWS4-HMAC-SHA256 Credential={}/{}, SignedHeaders={}, Signature={}"
    return {**headers, "Authorization": said.format(pair.identity, scope, names, signature)}


def _key(secret: str, scope: str) -> bytes:
    key = ("AWS4" + secret).encode("utf-8")
    for part in scope.split("/"):
        key = _mac(key, part)
    return key


def _mac(key: bytes, told: str) -> bytes:
    return hmac.new(key, told.encode("utf-8"), hashlib.sha256).digest()


def parse(body: bytes) -> List[Tuple[str, str]]:
    """Return the tags in an answer of ``DescribeTags``.

    Args:
        body: XML.

    Raises:
        Malformed: it is no such answer.
    """
    from xml.parsers import expat

    parser = expat.ParserCreate()
    found: List[Mapping[str, str]] = []
    path: List[str] = []
    item: Dict[str, str] = {}

    def begin(name: str, _attributes: object) -> None:
        path.append(name)
        if len(path) > 10:
            raise Malformed("no answer of DescribeTags")
        if path[1:] == ["tagSet", "item"]:
            item.clear()

    def end(_name: str) -> None:
        if path[1:] == ["tagSet", "item"]:
            found.append(dict(item))
        path.pop()

    def data(words: str) -> None:
        if path[1:3] == ["tagSet", "item"] and len(path) == 4:
            item[path[3]] = item.get(path[3], "") + words

    def refuse(*_: object) -> None:
        raise Malformed("no answer of DescribeTags")

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = begin, end, data
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, ValueError) as error:
        raise Malformed("no answer of DescribeTags") from error
    if b"DescribeTagsResponse" not in body:
        raise Malformed("no answer of DescribeTags")
    return [(tag.get("key", ""), tag.get("value", "")) for tag in found]
