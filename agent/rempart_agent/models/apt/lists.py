"""Which lists apt wants of a source, and under which names it keeps them (``URItoFileName``, ``debmetaindex.cc``)."""

from typing import List, Mapping, NamedTuple, Sequence, Union

from rempart_agent.models.apt.config import switch

_BAD = '\\|{}[]<>"^~_=!@#$%^&*'


class Wanted(NamedTuple):
    """A list that apt wants.

    Attributes:
        archive: The beginning of the names of all files of the archive, up to ``InRelease``.
        key: The list's name within the archive: ``main/binary-amd64/Packages``.
        file: The name under which it is kept, unpacked.
        component: Its component; empty for an archive without any.
        architecture: Its architecture; empty for an archive without any.
    """

    archive: str
    key: str
    file: str
    component: str
    architecture: str


class Trust(NamedTuple):
    """How far a source is trusted.

    Attributes:
        trusted: 1 where packages have to be signed, 0 where they need not be.
        weak: 1 where weak hashes, or an archive that was signed once and is no more, are taken.
        why: What says so.
    """

    trusted: int
    weak: int
    why: str


def trust(source: Mapping[str, Union[str, int, float, None]], values: Mapping[str, str]) -> Trust:
    """Return how far apt trusts a source.

    Args:
        source: What the entry says: ``trusted``, ``allow_insecure``, ``allow_weak``, ``allow_downgrade``.
        values: The configuration.
    """
    said = []

    def allows(own: str, everywhere: str) -> bool:
        word = str(source.get(own, ""))
        allowed = word == "yes" or (word != "no" and switch(values, everywhere, default=False))
        if allowed:
            said.append("{}=yes".format(own.replace("_", "-")) if word == "yes" else everywhere)
        return allowed

    unsigned = source.get("trusted") == "yes"
    said += ["trusted=yes"] if unsigned else []
    insecure = allows("allow_insecure", "Acquire::AllowInsecureRepositories")
    anything = switch(values, "APT::Get::AllowUnauthenticated", default=False)
    said += ["APT::Get::AllowUnauthenticated"] if anything else []
    weak = allows("allow_weak", "Acquire::AllowWeakRepositories")
    downgrade = allows("allow_downgrade", "Acquire::AllowDowngradeToInsecureRepositories")
    return Trust(int(not (unsigned or insecure or anything)), int(weak or downgrade), ", ".join(said))


def wanted(source: Mapping[str, Union[str, int, float, None]], native: str, foreign: Sequence[str]) -> List[Wanted]:
    """Return the lists of packages that apt wants of a source of type ``deb``.

    Args:
        source: A row of ``apt_sources``, as far as it says what is wanted.
        native: The system's architecture.
        foreign: Others that it takes.
    """
    uri, suite = str(source["uri"]), _encoded(str(source["suite"]))
    uri = uri if uri.endswith("/") else uri + "/"
    said = architectures(str(source.get("architectures", "")), native, foreign)
    if suite.endswith("/"):
        archive = file_name(uri + ("" if suite == "/" else suite))
        return [Wanted(archive, "Packages", archive + "Packages", "", "")]
    archive = file_name("{}dists/{}/".format(uri, suite))
    found = []
    for component in str(source.get("components", "")).split():
        for architecture in said:
            key = "{}/binary-{}/Packages".format(component, architecture)
            found.append(Wanted(archive, key, archive + file_name(key), component, architecture))
    return found


def architectures(said: str, native: str, foreign: Sequence[str]) -> List[str]:
    """Return the architectures of a source: what it says, else those of the system.

    Args:
        said: The source's option, ``""`` for none.
        native: The system's architecture.
        foreign: Others that it takes.
    """
    words = said.split()
    own = [word for word in words if word[0] not in "+-"]
    found = own or [native, *foreign]
    found = found + [word[1:] for word in words if word[0] == "+" and word[1:] not in found]
    gone = [word[1:] for word in words if word[0] == "-"]
    return [name for name in found if name not in gone]


def file_name(uri: str) -> str:
    """Return the name under which apt keeps what lies at an address."""
    scheme, colon, rest = uri.partition(":")
    if colon and "/" not in scheme:
        uri = rest
        if uri.startswith("//"):
            host, slash, path = uri[2:].partition("/")
            uri = host.rpartition("@")[2] + slash + path
    return "".join(_quoted(char) for char in uri).replace("/", "_")


def _encoded(part: str) -> str:
    """Quote what apt quotes in an address (``Acquire::URIEncode``)."""
    return "".join("%{:02x}".format(ord(char)) if char in "+~%" else char for char in part)


def _quoted(char: str) -> str:
    if char not in _BAD and " " < char < "\x7f":
        return char
    return "".join("%{:02x}".format(byte) for byte in char.encode("utf-8", "surrogateescape"))
