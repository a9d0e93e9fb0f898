"""What ``server.yaml`` says: one typed value, made when the server starts."""

import os
from typing import NamedTuple

FILE = "server.yaml"
"""The file of settings in the server's directory."""


class OidcAccess(NamedTuple):
    """What a value of the provider's claim means here.

    Attributes:
        claim: The value, as a group's name.
        role: ``viewer``, ``operator`` or ``admin``.
        groups: Names of the groups that may be seen; None for all.
    """

    claim: str
    role: str
    groups: frozenset[str] | None


class Oidc(NamedTuple):
    """The identity provider by which people sign in (OpenID Connect).

    Attributes:
        issuer: Its address.
        client: The id by which it knows this server.
        secret_file: A file that holds the client's secret.
        claim: The claim that lists a person's groups.
        scopes: What is asked for.
        ca: A file of the CA that vouches for it, PEM; ``""`` for those of the system.
        access: What each group means; without one that fits there is no access.
    """

    issuer: str
    client: str
    secret_file: str
    claim: str = "groups"
    scopes: tuple[str, ...] = ("openid", "profile")
    ca: str = ""
    access: tuple[OidcAccess, ...] = ()


class Settings(NamedTuple):
    """How this server works.

    Attributes:
        directory: Where ``server.yaml``, the CA, keys and, with SQLite, the store lie.
        name: The host name by which machines and browsers reach it.
        port: Where it listens.
        public_port: Where machines and browsers reach it, if a proxy listens for it; 0 for ``port``.
        address: On which address of this machine.
        store: A file, or the address of a database of PostgreSQL.
        certificate: A certificate chain of the user's, PEM; ``""`` for one of the server's own CA.
        key: Its private key, PKCS #8.
        public_ca: The CA that machines trust, PEM, where it is another than the server's own: that of ``certificate``,
            or of a proxy.
        workers: Processes that answer; more than one needs PostgreSQL.
        interval: Seconds between two polls of an osqueryd.
        at: Minute of the day, UTC, at which daily audits begin.
        splay: Seconds over which the nodes of a day are spread.
        silent_after: Seconds without a poll or a document after which a node is silent.
        audit_deadline: Seconds after which an audit is judged with what was answered.
        nodes_at_work: The most nodes that are audited at a time.
        enrolments: The most enrolments a second.
        keep: Days for which runs are kept; 0 for ever.
        trusted_proxies: Addresses of proxies whose word about the client's address is believed.
        checks: Folders of the user's own checks, besides those of Rempart.
        metrics_from: Addresses and networks that may read ``/metrics``.
        oidc: The identity provider; None without one.
    """

    directory: str
    name: str
    port: int = 8443
    public_port: int = 0
    address: str = "0.0.0.0"  # noqa: S104 - a server that machines report to is there for all of them
    store: str = ""
    certificate: str = ""
    key: str = ""
    public_ca: str = ""
    workers: int = 1
    interval: int = 60
    at: int = 60
    splay: int = 7200
    silent_after: int = 86_400
    audit_deadline: int = 1800
    nodes_at_work: int = 200
    enrolments: int = 100
    keep: int = 0
    trusted_proxies: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    metrics_from: tuple[str, ...] = ("127.0.0.0/8", "::1")
    oidc: Oidc | None = None

    @property
    def place(self) -> str:
        """The store: what was given, else an SQLite file in the server's directory."""
        return self.store or os.path.join(self.directory, "store.db")

    @property
    def signing_key(self) -> str:
        """The file of the server's Ed25519 key, which signs documents and the log."""
        return os.path.join(self.directory, "signing.key")

    @property
    def reached(self) -> str:
        """Name and port by which machines reach the server, as osquery's ``--tls_hostname`` takes them."""
        return f"{self.name}:{self.public_port or self.port}"

    @property
    def url(self) -> str:
        """The address by which browsers reach the server, without a slash at its end."""
        return f"https://{self.reached.removesuffix(':443')}"
