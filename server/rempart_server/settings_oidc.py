"""The part ``oidc`` of ``server.yaml``: the provider by which people sign in, and what its groups mean here."""

import os
from urllib.parse import urlsplit

from rempart_core.content.reader import Reader
from rempart_core.content.yamlfile import Node
from rempart_core.messages.message import Message
from rempart_core.suggestion import quoted
from rempart_server.settings import Oidc, OidcAccess

_KEYS = ("issuer", "client", "secret_file", "claim", "scopes", "ca", "access")
_ROLES = ("viewer", "operator", "admin")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_ALL = "*"


def read_oidc(reader: Reader, node: Node | None) -> Oidc | None:
    """Return the identity provider; None where there is none.

    Args:
        reader: Of the file; takes the mistakes.
        node: What stands at ``oidc``.
    """
    if node is None:
        return None
    fields = reader.fields(node, _KEYS, ("issuer", "client", "secret_file", "access"))
    usual = Oidc("", "", "")
    return Oidc(
        issuer=_issuer(reader, fields.get("issuer")),
        client=_line(reader, fields.get("client"), "client"),
        secret_file=_file(reader, fields.get("secret_file"), "secret_file"),
        claim=_line(reader, fields["claim"], "claim") if "claim" in fields else usual.claim,
        scopes=_scopes(reader, fields["scopes"]) if "scopes" in fields else usual.scopes,
        ca=_file(reader, fields.get("ca"), "ca"),
        access=tuple(_access(reader, one) for one in reader.items(fields.get("access"), "access", 1))
        if "access" in fields
        else (),
    )


def is_safe(url: str) -> bool:
    """Tell whether an address is one of https, or of this machine itself.

    Args:
        url: As a file or the provider says it.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    if not host or parts.username is not None:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)


def _issuer(reader: Reader, node: Node | None) -> str:
    issuer = _line(reader, node, "issuer")
    if node is not None and issuer and (not is_safe(issuer) or "?" in issuer or "#" in issuer):
        reader.report(node, Message("server_oidc.issuer", text=quoted(issuer)), what="issuer")
    return issuer


def _scopes(reader: Reader, node: Node) -> tuple[str, ...]:
    scopes = reader.texts(node, "scopes", 1)
    if scopes and "openid" not in scopes:
        reader.report(node, Message("server_oidc.scopes"), what="scopes")
    return scopes


def _access(reader: Reader, node: Node) -> OidcAccess:
    fields = reader.fields(node, ("claim", "role", "groups"), ("claim", "role", "groups"))
    groups = reader.texts(fields["groups"], "groups", 1) if "groups" in fields else ()
    if _ALL in groups and len(groups) > 1:
        reader.report(fields["groups"], Message("server_oidc.all"), what="groups")
    return OidcAccess(
        _line(reader, fields.get("claim"), "claim"),
        reader.choice(fields.get("role"), "role", _ROLES, _ROLES[0]),
        None if _ALL in groups else frozenset(groups),
    )


def _file(reader: Reader, node: Node | None, what: str) -> str:
    path = _line(reader, node, what)
    if node is None or not path:
        return ""
    if not os.path.isabs(path):
        reader.report(node, Message("server.absolute"), what=what)
    elif not os.path.isfile(path):
        reader.report(node, Message("server.no_file", path=path), what=what)
    return path


def _line(reader: Reader, node: Node | None, what: str) -> str:
    """Read a text of one line; ``""`` where it is missing or none, which is told once."""
    if node is None:
        return ""
    before = len(reader.mistakes)
    text = reader.line(node, what)
    return text if len(reader.mistakes) == before else ""
