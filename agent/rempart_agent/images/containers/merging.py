"""Layers laid over one another: what a container sees, and what lies hidden below it.

The rules are those of the OCI image specification ("Image Layer Filesystem Changeset"): a whiteout hides lower layers
only, wherever it stands in its own; what is there already makes way for another type; a folder over a folder keeps its
content. What that leaves open is decided as containerd does: links in the middle of a path are followed within the
image, a hard link passes on its owner and permissions.
"""

import os
import stat

from rempart_agent.images.containers.nodes import ROOT, Nodes
from rempart_agent.images.containers.tar import LINK, Member
from rempart_agent.source.contract import Limit, Malformed

_WHITEOUT, _OPAQUE, _META = ".wh.", ".wh..wh..opq", ".wh..wh."
_DEEPEST = 256
_MOST_LINKS = 40
"""Links within one path: what the kernel follows."""


def split_name(name: str) -> list[str]:
    """Return the parts of a member's name; none for the top folder itself.

    An absolute name is one below the top folder, as each runtime has it: ko, among others, writes such names.

    Raises:
        Malformed: It leads out of the image, or can't be a path.
        Limit: It has more parts than anybody means.
    """
    if len(name) > 4_096:
        raise Limit("{name}… is a longer name than any kernel takes", name=f"{name[:200]!a}")
    if not name or "\0" in name:
        raise Malformed("a member of a layer has no name that a file can have")
    parts = [one for one in name.split("/") if one not in ("", ".")]
    if ".." in parts:
        raise Malformed("{name} leads out of its folder", name=f"{name[:200]!a}")
    if len(parts) > _DEEPEST:
        raise Limit("{name} lies deeper than {deepest} folders", name=f"{name[:200]!a}", deepest=_DEEPEST)
    if any(len(one) > 63 and len(os.fsencode(one)) > 255 for one in parts):
        raise Malformed("{name} is longer than a name can be", name=f"{name[:200]!a}")
    return parts


class Merging:
    """The merged tree, layer by layer.

    Attributes:
        nodes: The files of all layers so far.
    """

    def __init__(self) -> None:
        """Begin without a layer."""
        self.nodes = Nodes()
        self._layer = -1
        self._first = 0
        self._described: set[int] = set()
        self._touched: set[int] = set()
        self._linked: set[tuple[int, str]] = set()
        self._emptied: set[int] = set()

    def begin_layer(self) -> None:
        """Begin the next layer: all that is there so far is lower now."""
        self._layer += 1
        self._first = len(self.nodes)
        for one in (self._described, self._touched, self._linked, self._emptied):
            one.clear()

    def add(self, member: Member) -> None:
        """Lay the next member of the layer over what is there.

        Raises:
            Malformed: It leads out of the image, or contradicts what is there.
            Limit: It is deeper, or the files are more, than anybody means.
        """
        parts = split_name(member.name)
        if not parts:
            if member.type != stat.S_IFDIR:
                raise Malformed("a layer makes the top folder something else")
            self.nodes.describe(ROOT, member, stat.S_IFDIR)
            self._described.add(ROOT)
            return
        *folders, name = parts
        if any(one.startswith(_WHITEOUT) for one in parts):
            self._hide_named(member, folders, name)
            return
        folder = self._make_folders(folders)
        old = self.nodes.children[folder].get(name)
        if member.type == LINK:
            self._link(member, folder, name)
        elif member.type == stat.S_IFDIR and old is not None and self.nodes.is_folder(old):
            self.nodes.describe(old, member, stat.S_IFDIR)
            self._described.add(old)
        else:
            if member.type == stat.S_IFDIR:
                self._expect_depth(folder, member.name)
            self.nodes.children[folder][name] = self.nodes.add(member, folder, name, self._layer)

    def _link(self, member: Member, folder: int, name: str) -> None:
        *folders, last = split_name(member.target) or [""]
        place = self._find_folder(folders)
        node = None if place is None else self.nodes.children[place].get(last)
        if node is None or self.nodes.is_folder(node):
            raise Malformed("{name} is another name of what is no file so far", name=f"{member.name[:200]!a}")
        xattrs = {**self.nodes.xattrs.get(node, {}), **(member.xattrs or {})}
        self.nodes.describe(node, member._replace(xattrs=xattrs or None), stat.S_IFMT(self.nodes.mode[node]))
        self.nodes.children[folder][name] = node
        if node < self._first:
            self._linked.add((folder, name))

    def _hide_named(self, member: Member, folders: list[str], name: str) -> None:
        """Do what a name that begins with ``.wh.`` asks for; bytes that stand there are kept, for who searches them."""
        meta = any(one.startswith(_META) and one != _OPAQUE for one in (*folders, name))
        hidden = name[len(_WHITEOUT) :]
        if any(one.startswith(_WHITEOUT) for one in folders) and not meta:
            raise Malformed("{name} lies in what hides a file", name=f"{member.name[:200]!a}")
        place = None if meta else self._find_folder(folders)
        if member.type == stat.S_IFREG and member.size:
            self.nodes.add(member, place or ROOT, name, self._layer)
        if meta or not name.startswith(_WHITEOUT):
            return  # what AUFS kept for itself
        if name != _OPAQUE and hidden in ("", ".", ".."):
            raise Malformed("{name} hides no file", name=f"{member.name[:200]!a}")
        if place is None:
            return
        if name == _OPAQUE:
            self._empty(place)
        elif hidden in self.nodes.children[place]:
            self._hide(place, hidden)

    def _hide(self, folder: int, name: str) -> None:
        """Hide one name, as far as it comes from lower layers."""
        node = self.nodes.children[folder][name]
        if node in self._described:
            self._empty(node)
        elif node in self._touched:
            self.nodes.forget(node)
            self._empty(node)
        elif node < self._first and (folder, name) not in self._linked:
            del self.nodes.children[folder][name]

    def _empty(self, folder: int) -> None:
        """Hide all names in a folder, as far as they come from lower layers."""
        if folder in self._emptied or folder >= self._first:
            return
        self._emptied.add(folder)  # nothing lower can come in again
        for name in list(self.nodes.children[folder]):
            self._hide(folder, name)

    def _expect_depth(self, folder: int, name: str) -> None:
        if self.nodes.depth[folder] >= _DEEPEST:
            raise Limit("{name} lies deeper than {deepest} folders", name=f"{name[:200]!a}", deepest=_DEEPEST)

    def _find_folder(self, parts: list[str]) -> int | None:
        """Return a folder that is there, or None."""
        return self._walk(parts, make=False)

    def _make_folders(self, parts: list[str]) -> int:
        """Return a folder, made where no layer has described it."""
        found = self._walk(parts, make=True)
        if found is None:
            raise Malformed("{parts} is a file, and something lies below it", parts=f"{'/'.join(parts)[:200]!a}")
        return found

    def _walk(self, parts: list[str], make: bool) -> int | None:
        nodes = self.nodes
        node, links = ROOT, 0
        todo = parts[::-1]
        while todo:
            part = todo.pop()
            if part == "..":
                node = nodes.parent[node]
                continue
            found = nodes.children[node].get(part)
            if found is None:
                missing = [part]
                while todo and missing:  # below what is not there nothing is: ".." takes its name back, nothing is made
                    part = todo.pop()
                    if part == "..":
                        missing.pop()
                    else:
                        missing.append(part)
                if missing and not make:
                    return None
                for one in missing:
                    self._expect_depth(node, one)
                    made = nodes.children[node][one] = nodes.add_folder(node, one, self._layer)
                    node = made
                continue
            if not nodes.is_folder(found):
                if not nodes.is_link(found):
                    return None
                links += 1
                if links > _MOST_LINKS:
                    raise Malformed("{parts} leads through links without end", parts=f"{'/'.join(parts)[:200]!a}")
                target = nodes.target[found]
                node = ROOT if target.startswith("/") else node
                todo += [one for one in reversed(target.split("/")) if one not in ("", ".")]
                continue
            if make and found < self._first:
                self._touched.add(found)
            node = found
        return node
