"""Metadata of rpm repositories, written by hand: what createrepo_c never writes, or where it is not installed."""

from __future__ import annotations

from hashlib import sha256

CACHE = "/var/cache/dnf/"
HASH = "-0123456789abcdef/repodata/"


def _version(text: str, version: str, release: str) -> str:
    plain, _, after = text.rpartition("-")
    epoch, _, plain = plain.rpartition(":")
    return f'epoch="{epoch or 0}" {version}="{plain}" {release}="{after}"'


def primary(*offers: tuple[str, str]) -> str:
    """Return a ``primary.xml`` of packages: name (with ``.arch`` where it is not x86_64) and version each."""
    packages = "".join(
        f'<package type="rpm"><name>{name}</name><arch>{arch or "x86_64"}</arch>'
        f"<version {_version(version, 'ver', 'rel')}/><format><rpm:provides>"
        f'<rpm:entry name="{name}" ver="9"/></rpm:provides></format></package>\n'
        for name, _, arch, version in ((*offer[0].partition("."), offer[1]) for offer in offers)
    )
    spaces = 'xmlns="http://linux.duke.edu/metadata/common" xmlns:rpm="http://linux.duke.edu/metadata/rpm"'
    return f'<?xml version="1.0"?>\n<metadata {spaces} packages="{len(offers)}">\n{packages}</metadata>\n'


def advisory(
    name: str, *offers: tuple[str, str], kind: str = "security", more: str = "", issued: str = "", module: str = ""
) -> str:
    """Return an advisory.

    Args:
        name: Its id.
        offers: The packages that it names, as for ``primary``.
        kind: Its type.
        more: Its severity, or an attribute (``status="retracted"``).
        issued: The date of its issue.
        module: An element that says which module its packages are of.
    """
    packages = "".join(
        f'<package name="{name}" {_version(version, "version", "release")} arch="{arch or "x86_64"}" src="x.src.rpm">'
        f"<filename>x.rpm</filename></package>"
        for name, _, arch, version in ((*offer[0].partition("."), offer[1]) for offer in offers)
    )
    return (
        f'<update type="{kind}" {more if "=" in more else ""}><id>{name}</id>'
        + (f'<issued date="{issued}"/>' if issued else "")
        + (f"<severity>{more}</severity>" if more and "=" not in more else "")
        + f"<references><reference id='CVE-1' title='&lt;id&gt;'/></references><pkglist><collection>{module}{packages}"
        + "</collection></pkglist></update>"
    )


def updateinfo(*advisories: str) -> str:
    """Return an ``updateinfo.xml`` of advisories."""
    return '<?xml version="1.0"?>\n<updates>' + "".join(advisories) + "</updates>"


def cached(
    repository: str, packages: str | None, advisories: str | None = None, modules: str | None = None, place: str = CACHE
) -> dict[str, str | bytes]:
    """Lay out what dnf keeps of a repository.

    Args:
        repository: Its id.
        packages: The text of ``primary.xml``; a file whose text is None is not named, one that is empty is not there.
        advisories: The text of ``updateinfo.xml``.
        modules: The text of ``modules.yaml``.
        place: The cache.

    Returns:
        Texts by their paths on the target.
    """
    folder = place + repository + HASH
    given = {"primary": packages, "updateinfo": advisories, "modules": modules}
    there = {kind: text for kind, text in given.items() if text is not None}
    data = "".join(
        f'<data type="{kind}"><checksum type="sha256">{sha256((text or "").encode()).hexdigest()}</checksum>'
        f'<location href="repodata/1-{kind}.xml"/><size>{len((text or "").encode())}</size></data>'
        for kind, text in there.items()
    )
    files: dict[str, str | bytes] = {folder + "repomd.xml": f'<repomd xmlns="x"><revision>1</revision>{data}</repomd>'}
    files.update((folder + f"1-{kind}.xml", text) for kind, text in there.items() if text)
    return files
