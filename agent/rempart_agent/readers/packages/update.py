"""What every package manager's part of ``rempart_updates`` answers: one pending update, in one form."""

from typing import Dict, NamedTuple, Optional

from rempart_agent.source.contract import Value

DPKG, RPM = "dpkg", "rpm"


class Update(NamedTuple):
    """An installed package of which a newer version is known.

    Attributes:
        manager: Whose database the package is in: ``dpkg`` or ``rpm``.
        name: The package.
        arch: Its architecture.
        installed_version: The version in place.
        candidate_version: The newer one.
        security: 1 where it is known to be a security update, 0 where it is known to be none, else None.
        origin: Who offers it: the archive's Origin, the repository's id.
        label: The archive's Label, the repository's name.
        suite: The archive's Suite.
        codename: The archive's Codename.
        component: The archive's component.
        source_package: What the package was built from.
        advisory: The notice that names the newer version.
        severity: The gravest severity of the notices that name a newer version, as it is written.
        installed_at: When the version in place was installed, in seconds since 1970, as the next two.
        issued_at: When the first notice was issued that names a newer version.
        lists_at: When the lists or metadata that say so were last known to be current.
    """

    manager: str
    name: str
    arch: str
    installed_version: str
    candidate_version: str
    security: Optional[int]
    origin: Optional[str] = None
    label: Optional[str] = None
    suite: Optional[str] = None
    codename: Optional[str] = None
    component: Optional[str] = None
    source_package: Optional[str] = None
    advisory: Optional[str] = None
    severity: Optional[str] = None
    installed_at: Optional[int] = None
    issued_at: Optional[int] = None
    lists_at: Optional[int] = None

    def row(self) -> Dict[str, Value]:
        """Return the row of the table: what is not known is left out."""
        return {name: value for name, value in self._asdict().items() if value is not None}
