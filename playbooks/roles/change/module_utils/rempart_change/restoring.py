"""Putting back what was saved."""

import base64
import os
from typing import Any, Callable, Dict, List, Optional, Set

from .place import Refusal, run, write_file
from .sharing import FACTS, list_new, list_tables
from .sight import XATTRS, hash_file, list_packages, see_path, see_sysctl, see_unit, sysctl_path, uses_dpkg

_Entry = Dict[str, Any]


class Restorer:
    """Puts back what was saved, thing by thing: one that fails does not keep the others away.

    Attributes:
        restored: What was not as it was saved, and is again.
        failed: What could not be put back, and why.
    """

    def __init__(
        self, folder: str, manifest: Dict[str, Any], kept: List[str], tables: Optional[List[str]] = None
    ) -> None:
        """Get ready.

        Args:
            folder: Of the change.
            manifest: Of the change.
            kept: Checks that stay: packages and tables of the firewall that came for them stay too.
            tables: The tables of the firewall that there were when the change was kept: what came later is others'
                (containers, fail2ban) and stays; None where it was not kept yet.
        """
        self.folder = folder
        self.manifest = manifest
        self.kept = kept
        self.tables = tables
        self.checks: List[str] = []
        self.restored: List[str] = []
        self.failed: List[str] = []

    def restore(self, checks: List[str]) -> None:
        """Put back what was saved for some checks.

        Rules of the firewall are first, while what can change them is surely there, and last again, for what a service
        loads when it starts must not stand. Packages that came are removed before the rest: what they leave behind must
        not stand over what was saved.
        """
        self.checks = checks
        numbers = sorted({number for check in checks for number in self.manifest["checks"][check]["entries"]})
        entries: List[_Entry] = [self.manifest["entries"][number] for number in numbers]
        tried = len(self.failed)
        self._each(entries, "nftables", self._rules)
        del self.failed[tried:]  # the last time counts
        self._each(entries, "packages", self._packages)
        before = len(self.restored)
        self._each(entries, "tree", self._tree)
        self._each([one for one in entries if one.get("type") != "absent"], "path", self._path)
        new = [one for one in entries if one.get("type") == "absent"]  # what lies in a folder goes before it
        self._each(sorted(new, key=lambda one: -len(one["path"])), "path", self._path)
        if len(self.restored) > before:
            run(["systemctl", "daemon-reload"])
        self._each(entries, "sysctl", self._sysctl)
        done: Set[str] = set()
        for check in checks:
            for words in self.manifest["checks"][check]["after"]:
                if " ".join(words) in done:
                    continue
                done.add(" ".join(words))
                status, said = run(words)
                if status:
                    self.failed.append(f"{' '.join(words)}: {said[-300:]}")
        self._each(entries, "unit", self._unit)
        self._each(entries, "nftables", self._rules)

    def _each(self, entries: List[_Entry], kind: str, action: Callable[[_Entry], None]) -> None:
        for entry in entries:
            if entry["kind"] != kind:
                continue
            try:
                action(entry)
            except (OSError, Refusal) as error:
                self.failed.append(f"{entry.get('path') or entry.get('name') or kind}: {error}")

    def _path(self, entry: _Entry) -> None:
        path, now = entry["path"], see_path(entry["path"])
        if entry["type"] == "absent":
            self._remove(path, now)
            return
        if os.path.realpath(os.path.dirname(path)) != entry["place"]:
            raise Refusal("the folder that it lay in is another one now")
        differs = any(now.get(name) != entry.get(name) for name in FACTS)
        if entry["type"] == "file" and entry["content"]:
            if now["type"] != "file" or hash_file(path) != entry["sha256"]:
                self._write(path, entry, now)
            elif not differs and now["mtime"] == entry["mtime"]:
                return
        elif entry["type"] == "link":
            if not differs:
                return
            self._clear(now)
            os.symlink(entry["target"], path)
            os.chown(path, entry["uid"], entry["gid"], follow_symlinks=False)
            os.utime(path, ns=(entry["mtime"], entry["mtime"]), follow_symlinks=False)
            self.restored.append(path)
            return
        elif entry["type"] == "directory" and now["type"] == "absent":
            os.mkdir(path, 0o700)
        elif now["type"] != entry["type"]:
            raise Refusal(f"it was a {entry['type']} and is {now['type']} now")
        elif not differs:
            return
        _dress(path, entry)
        self.restored.append(path)

    def _remove(self, path: str, now: _Entry) -> None:
        if now["type"] == "directory":
            if os.listdir(path):
                return  # what others have put there stays
            os.rmdir(path)
        elif now["type"] == "absent":
            return
        else:
            os.unlink(path)
        self.restored.append(path)

    def _clear(self, now: _Entry) -> None:
        if now["type"] == "directory":
            raise Refusal("a folder lies in its place")
        if now["type"] != "absent":
            os.unlink(now["path"])

    def _write(self, path: str, entry: _Entry, now: _Entry) -> None:
        if now["type"] == "directory":
            raise Refusal("a folder lies in its place")
        with open(os.path.join(self.folder, entry["data"]), "rb") as file:
            data = file.read()
        part = os.path.join(os.path.dirname(path), f".rempart-{os.getpid()}")
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        try:
            _dress(part, entry)
            os.replace(part, path)
        except OSError:
            os.unlink(part)
            raise

    def _tree(self, entry: _Entry) -> None:
        if os.path.islink(entry["path"]):
            raise Refusal("it is a link now")
        for path in list_new(entry):
            if os.path.isdir(path) and not os.path.islink(path):
                os.rmdir(path)
            else:
                os.unlink(path)
            self.restored.append(path)

    def _packages(self, entry: _Entry) -> None:
        new = self._came(sorted(set(list_packages()) - set(entry["names"])))
        if not new:
            return
        words = ["apt-get", "-q", "-y", "purge", "--"] if uses_dpkg() else ["rpm", "-e", "--"]
        status, said = run([*words, *new], timeout=900)
        if status:
            raise Refusal(said[-300:])
        self.restored += [f"package {name}" for name in new]

    def _came(self, new: List[str]) -> List[str]:
        """Return the packages that go: all that came, or where others' came too those that these checks name alone."""
        wishes = {check: self.manifest["checks"][check].get("packages") or [] for check in self.checks + self.kept}
        if not any(wishes[check] for check in self.kept):
            return new
        named = {name for check in self.checks for name in wishes[check]}
        named -= {name for check in self.kept for name in wishes[check]}
        return [name for name in new if name.split(":")[0] in named]

    def _sysctl(self, entry: _Entry) -> None:
        if entry["value"] is None or see_sysctl(entry["name"])["value"] == entry["value"]:
            return
        with open(sysctl_path(entry["name"]), "w") as file:
            file.write(entry["value"])
        self.restored.append(entry["name"])

    def _unit(self, entry: _Entry) -> None:
        name, now = entry["name"], see_unit(entry["name"])
        if (now["enabled"], now["active"]) == (entry["enabled"], entry["active"]):
            return
        steps = []
        if now["enabled"] != entry["enabled"]:
            if now["enabled"].startswith("masked"):
                steps.append("unmask")
            if entry["enabled"].startswith("masked"):
                steps.append("mask")
            elif entry["enabled"] in {"enabled", "disabled"}:
                steps.append("enable" if entry["enabled"] == "enabled" else "disable")
        if now["active"] != entry["active"]:
            steps.append("start" if entry["active"] else "stop")
        for step in steps:
            status, said = run(["systemctl", step, "--", name])
            if status and entry["enabled"] != "not-found":  # a unit whose package is gone needs no stop
                raise Refusal(f"systemctl {step}: {said[-200:]}")
        self.restored.append(name)

    def _rules(self, entry: _Entry) -> None:
        wrong = []
        # Table by table: those of iptables and firewalld can't be loaded, and need not be where nobody touched them.
        for name, (old, now) in list_tables(self.folder, entry, self.kept).items():
            if not old and self.tables is not None and name not in self.tables:
                continue
            path = os.path.join(self.folder, "rules.nft")
            gone = f"delete table {name}\n" if now else ""
            write_file(path, (gone + old + "\n").encode())
            status, said = run(["nft", "-f", path])
            if status:
                wrong.append(f"table {name}: {said[:300]}")
            else:
                self.restored.append(f"nftables, table {name}")
        if wrong:
            raise Refusal("; ".join(wrong))


def _dress(path: str, entry: _Entry) -> None:
    """Give owner, mode, attributes and time; a link that was put in its place meanwhile is not followed."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        os.fchown(handle, entry["uid"], entry["gid"])
        os.fchmod(handle, entry["mode"])
        try:
            for name in os.listxattr(handle):
                if name.startswith(XATTRS) and name not in entry["xattrs"]:
                    os.removexattr(handle, name)
            for name, value in entry["xattrs"].items():
                os.setxattr(handle, name, base64.b64decode(value))
        except OSError as error:
            if entry["xattrs"]:
                raise Refusal(f"extended attributes: {error}") from error
        os.utime(handle, ns=(entry["mtime"], entry["mtime"]))
    finally:
        os.close(handle)
