"""How a Windows host is reached: the inventory's variables as Ansible's own ``winrm`` connection takes them.

Where the inventory names no way to log in, a password never travels in the clear: by HTTP it is NTLM, whose messages
are encrypted, and Ansible's ``plaintext`` only where somebody asked for it by name.
"""

import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from rempart_controller.inventory.host import Host
from rempart_core.error import EndpointError
from rempart_core.messages.message import Message

METHODS = ("ssl", "certificate", "ntlm", "kerberos", "credssp", "basic", "plaintext")
"""The ways to log in that pywinrm has."""

PORT = 5986
_HTTP_PORT = 5985
_EXTRA = "ansible_winrm_"


class Settings(NamedTuple):
    """The way to one host.

    Attributes:
        url: ``https://host:5986/wsman``.
        address: The host's name or address.
        methods: Ways to log in, tried in this order.
        user: The user.
        password: The user's password.
        authority: A file or folder of certificates that are trusted; ``""`` for those that come with Python's requests.
        verify: Whether the host's certificate must be trusted.
        certificate: A file with the user's own certificate.
        key: The file with its key.
        encryption: ``auto``, ``always`` or ``never``: whether messages are encrypted beneath HTTP.
        proxy: A proxy's URL; ``""`` for none.
        service: The service part of the Kerberos name.
        name: The host part of the Kerberos name; ``""`` for the one in the URL.
        delegate: Whether Kerberos tickets go along.
        bind: Whether a login is bound to the TLS channel.
    """

    url: str
    address: str
    methods: tuple[str, ...]
    user: str = ""
    password: str = ""
    authority: str = ""
    verify: bool = True
    certificate: str = ""
    key: str = ""
    encryption: str = "auto"
    proxy: str = ""
    service: str = "HTTP"
    name: str = ""
    delegate: bool = False
    bind: bool = True

    def __repr__(self) -> str:
        """Tell no password."""
        return f"Settings({self.url!r}, {self.methods}, {self.user!r})"


def settings_of(host: Host, environment: Mapping[str, str] = os.environ) -> Settings:
    """Return the way to a host.

    Args:
        host: The host.
        environment: Where a proxy and trusted certificates may be named, as for Ansible.

    Raises:
        EndpointError: a variable is wrong, or one that is needed is not there.
    """
    for variable, error in host.errors.items():
        if variable.startswith((_EXTRA, "ansible_user", "ansible_password", "ansible_port")):
            raise EndpointError(Message("host.variable_failed", variable=variable, error=str(error)), "settings")
    given = host.options
    extra = {name[len(_EXTRA) :]: value for name, value in host.variables.items() if name.startswith(_EXTRA)}
    address = str(given.get("remote_addr") or host.name)
    port = _port(given.get("port") or PORT)
    scheme = str(given.get("scheme") or ("http" if port == _HTTP_PORT else "https"))
    if scheme not in {"http", "https"}:
        raise EndpointError(Message("host.winrm_scheme", value=scheme), "settings")
    path = "/" + str(given.get("path") or "/wsman").lstrip("/")
    url = f"{scheme}://{f'[{address}]' if ':' in address else address}:{port}{path}"
    user = str(given.get("remote_user") or "")
    settings = Settings(
        url=url,
        address=address,
        methods=_methods(given.get("transport"), scheme, user, bool(extra.get("cert_pem"))),
        user=user,
        password="" if given.get("remote_password") is None else str(given["remote_password"]),
        authority=_path(host, extra.get("ca_trust_path"))
        or environment.get("REQUESTS_CA_BUNDLE", "")
        or environment.get("CURL_CA_BUNDLE", ""),
        verify=_one_of(extra, "server_cert_validation", "validate", ("validate", "ignore")) == "validate",
        certificate=_path(host, extra.get("cert_pem")),
        key=_path(host, extra.get("cert_key_pem")),
        encryption=_one_of(extra, "message_encryption", "auto", ("auto", "always", "never")),
        proxy=str(extra["proxy"] or "") if "proxy" in extra else _proxy(url, environment),
        service=str(extra.get("service") or "HTTP"),
        name=str(extra.get("kerberos_hostname_override") or ""),
        delegate=_truth(extra, "kerberos_delegation", False),
        bind=_truth(extra, "send_cbt", True),
    )
    _expect_whole(settings)
    return settings


def _methods(given: Any, scheme: str, user: str, certificate: bool) -> tuple[str, ...]:
    names = [given] if isinstance(given, str) else [str(one) for one in given or () if one]
    for name in names:
        if name not in METHODS:
            raise EndpointError(Message("host.winrm_transport", value=name, known=", ".join(METHODS)), "settings")
    if names:
        return tuple(names)
    if certificate and scheme == "https":
        return ("certificate",)
    if "@" in user:
        return ("kerberos",)
    return ("ssl",) if scheme == "https" else ("ntlm",)


def _expect_whole(settings: Settings) -> None:
    """Refuse what can't work, before anybody is asked.

    Raises:
        EndpointError: it can't.
    """
    for method in settings.methods:
        if method == "certificate":
            if not settings.url.startswith("https:"):
                raise EndpointError(Message("host.winrm_certificate_https"), "settings")
            for name, path in (("cert_pem", settings.certificate), ("cert_key_pem", settings.key)):
                if not os.path.isfile(path):
                    raise EndpointError(_no_file(f"{_EXTRA}{name}", path), "settings")
        elif not settings.user:
            raise EndpointError(Message("host.winrm_no_user"), "settings")
        elif not settings.password and method != "kerberos":
            raise EndpointError(Message("host.winrm_no_password"), "settings")
    if settings.verify and settings.authority and not os.path.exists(settings.authority):
        raise EndpointError(Message("host.winrm_no_authority", path=settings.authority), "settings")


def _no_file(variable: str, path: str) -> Message:
    return (
        Message("host.winrm_no_file", variable=variable, path=path)
        if path
        else Message("host.winrm_not_given", variable=variable)
    )


def _port(given: Any) -> int:
    text = str(given)
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise EndpointError(Message("host.winrm_port", value=given), "settings")
    return int(text)


def _path(host: Host, given: Any) -> str:
    return os.path.join(host.directory, os.path.expanduser(str(given))) if given else ""


def _one_of(extra: Mapping[str, Any], name: str, default: str, words: tuple[str, ...]) -> str:
    value = str(extra.get(name) or default)
    if value not in words:
        raise EndpointError(
            Message("host.variable_choice", name=_EXTRA + name, value=value, known=", ".join(words)),
            "settings",
        )
    return value


def _truth(extra: Mapping[str, Any], name: str, default: bool) -> bool:
    value = str(extra.get(name, default)).lower()
    if value not in {"true", "yes", "on", "1", "false", "no", "off", "0"}:
        raise EndpointError(Message("host.variable_yes_no", name=_EXTRA + name, value=value), "settings")
    return value in {"true", "yes", "on", "1"}


def _proxy(url: str, environment: Mapping[str, str]) -> str:
    """Return the proxy that the environment names for a URL; see ``urllib.request.getproxies_environment``."""
    scheme, _, rest = url.partition("://")
    name = f"{scheme}_proxy"
    proxy = environment.get(name) or environment.get(name.upper()) or ""
    if not proxy:
        return ""
    from urllib.parse import urlsplit
    from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]

    without = environment.get("no_proxy") or environment.get("NO_PROXY") or ""
    host = urlsplit(f"//{rest}").netloc
    return "" if proxy_bypass_environment(host, {"no": without}) else proxy
