"""The files that a container image consists of, by name: members of an archive, or files of a layout."""

import os
import posixpath
import stat

from rempart_agent.images.containers.held import Held, Part
from rempart_agent.images.containers.tar import LINK, read_members
from rempart_agent.source.contract import Limit, Malformed, Missing, Unfit, reason

_MOST_MEMBERS = 100_000
_MOST_LINKS = 8


class Archive:
    """Files by name.

    Attributes:
        name: How a report calls it.
    """

    def __init__(self, held: Held) -> None:
        """Read the names of an archive's members.

        Raises:
            SourceError: The archive can't be understood, or has a name twice.
        """
        self.name = held.name
        self._parts: dict[str, Part] = {}
        self._links: dict[str, str] = {}
        try:
            if "" in held.files:
                self._read(Part(held.name, held.files[""], 0, os.fstat(held.files[""]).st_size))
            else:
                for name, descriptor in held.files.items():
                    self._parts[name] = Part(f"{held.name} {name}", descriptor, 0, os.fstat(descriptor).st_size)
        except OSError as error:
            raise Unfit("{name}: {why}", name=held.name, why=reason(error)) from error

    def _read(self, whole: Part) -> None:
        for member in read_members(whole):
            name = _clean(member.name)
            if member.type == stat.S_IFDIR:
                continue
            if name in self._parts or name in self._links:
                raise Malformed(
                    "{name}: it holds {name_2} twice", name=self.name, name_2=repr(name)
                )  # each reader would take another
            if len(self._parts) + len(self._links) >= _MOST_MEMBERS:
                raise Limit("{name}: more than {most_members} members", name=self.name, most_members=_MOST_MEMBERS)
            if member.type == stat.S_IFREG and member.pieces is None:
                self._parts[name] = whole.part(f"{self.name} {name!a}", member.data, member.size)
            elif member.type == stat.S_IFLNK:
                self._links[name] = _clean(posixpath.join(posixpath.dirname(name), member.target))
            elif member.type == LINK:
                self._links[name] = _clean(member.target)
            else:
                raise Malformed("{name}: {name_2} is no regular file", name=self.name, name_2=repr(name))

    def __contains__(self, name: str) -> bool:
        """Return whether there is a file of this name."""
        return self._follow(_clean(name)) in self._parts

    def _follow(self, name: str) -> str:
        for _ in range(_MOST_LINKS):
            if name not in self._links:
                return name
            name = self._links[name]
        raise Malformed("{name}: links in it lead to one another", name=self.name)

    def find(self, name: str) -> Part:
        """Return the bytes of a file; archives of Docker name a layer by links too.

        Raises:
            Missing: There is none of that name.
            Malformed: Links lead to one another.
        """
        found = self._parts.get(self._follow(_clean(name)))
        if found is None:
            raise Missing("{name}: it lacks {name_2}", name=self.name, name_2=repr(name))
        return found

    def blobs(self) -> set[str]:
        """Return the digests of the blobs that it holds."""
        found = set()
        for name in (*self._parts, *self._links):
            folder, _, rest = name.partition("/")
            algorithm, slash, digest = rest.partition("/")
            if folder == "blobs" and slash:
                found.add(f"{algorithm}:{digest}")
        return found


def _clean(name: str) -> str:
    return posixpath.normpath(name)
