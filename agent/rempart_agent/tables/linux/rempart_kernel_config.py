"""Table rempart_kernel_config: what the kernels of a machine were built with.

Kernels are those that are installed (``/boot/vmlinuz-RELEASE`` and its kin, ``/usr/lib/modules/RELEASE/vmlinuz``) and
the one that runs. Sources are ``/proc/config.gz`` for the one that runs, ``/boot/config-RELEASE`` and
``/usr/lib/modules/RELEASE/config``, as ``scripts/kconfig`` writes them: ``CONFIG_BUG=y``, ``# CONFIG_BUG is not set``.

One row for each kernel and option. ``value`` is ``n`` where an option is switched off, and where a whole file does not
name it; texts stand without their quotes. ``written`` is 0 where no line names the option. ``value`` is NULL, with
``why``, where it is not known: no file, one that is cut off or says two things, or an old one whose end can't be told
and that does not name the option.
"""

import re
import zlib
from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple

from rempart_agent.readers.files import tree
from rempart_agent.said import Why
from rempart_agent.source.contract import INTEGER, TEXT, Column, Missing, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("kernel", TEXT),
    Column("path", TEXT),
    Column("architecture", TEXT),
    Column("version", INTEGER),
    Column("option", TEXT, index=True, argument=True),
    Column("value", TEXT),
    Column("written", INTEGER),
    Column("why", TEXT),
)

MAX_BYTES = 8 * 1024 * 1024
"""Of a configuration, unpacked; those of distributions have 300,000."""
RUNNING = "/proc/config.gz"
_IMAGE = re.compile(r"(?:vmlinu[xz]|Image|kernel|bzImage)-(.+)$")
_RESCUE = re.compile(r"0-rescue-")
"""A copy of the first kernel that was installed, without a configuration of its own (kernel-install(8))."""
_HEAD = re.compile(r"^# Linux/(\S+) (([0-9]{1,4})\.([0-9]{1,4})\S*) Kernel Configuration$", re.MULTILINE)
_LINE = re.compile(r"^(?:(CONFIG_\w+)=(.*)|# (CONFIG_\w+) is not set)$", re.MULTILINE)
_LAST_MENU = "\n# end of Kernel hacking\n"


class Configuration(NamedTuple):
    """What one kernel was built with.

    Attributes:
        options: Each option that a line names, with its value; None where two lines say two things.
        architecture: As in the source of Linux: ``x86``, ``arm64``.
        version: Of Linux, 6012 for 6.12.
        whole: Whether the file is seen to its end, so that what it does not name is off.
        why: Why nothing is known; then all else is empty.
    """

    options: Dict[str, Optional[str]]
    architecture: str = ""
    version: Optional[int] = None
    whole: bool = False
    why: str = ""


class Kernel(NamedTuple):
    """One kernel: its release, and where its configuration is; ``""`` for nowhere."""

    release: str
    path: str


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each kernel and option; those that a statement names, and else those of the files.

    Raises:
        Missing: no kernel is there.
    """
    known = target.shared("kernel configurations", lambda: [(one, _read(target, one)) for one in kernels(target)])
    if not known:
        raise Missing("neither /boot nor /usr/lib/modules holds a kernel or its configuration")
    asked = query.equal("option")
    for kernel, found in known:
        for option in sorted(found.options) if asked is None else asked:
            value, why = _value(found, option)
            yield {
                "kernel": kernel.release,
                "path": kernel.path,
                "architecture": found.architecture,
                "version": found.version,
                "option": option,
                "value": value,
                "written": int(option in found.options),
                "why": why,
            }


def _value(found: Configuration, option: str) -> Tuple[Optional[str], str]:
    if found.why:
        return None, found.why
    if option in found.options:
        value = found.options[option]
        return value, "" if value is not None else Why("two lines of the configuration contradict each other")
    if not found.whole:
        return None, Why("no line names it, and whether the file is whole can't be told")
    return "n", ""


def kernels(target: Target) -> List[Kernel]:
    """Return the kernels of a machine, by release, each with the file that says what it was built with."""
    running = target.text("/proc/sys/kernel/osrelease").strip() if target.live else ""
    found: Dict[str, str] = {running: ""} if running else {}
    for name in tree.names(target, "/boot"):
        image = _IMAGE.match(name)
        if name.startswith("config-"):
            found[name[len("config-") :]] = "/boot/" + name
        elif image and not _RESCUE.match(image.group(1)):
            found.setdefault(image.group(1), "")
    for folder in ("/usr/lib/modules", "/lib/modules"):
        for release in tree.names(target, folder):
            held = tree.names(target, folder + "/" + release)
            if "config" in held:
                found[release] = found.get(release) or "{}/{}/config".format(folder, release)
            elif "vmlinuz" in held:
                found.setdefault(release, "")
    if running and target.exists(RUNNING):
        found[running] = RUNNING
    return [Kernel(release, path) for release, path in sorted(found.items())]


def _read(target: Target, kernel: Kernel) -> Configuration:
    if not kernel.path:
        return Configuration({}, why=Why("the configuration of this kernel is not there"))
    data = target.read(kernel.path, MAX_BYTES)
    if kernel.path.endswith(".gz"):
        machine = zlib.decompressobj(31)
        try:
            data = machine.decompress(data, MAX_BYTES)
        except zlib.error:
            return Configuration({}, why=Why("the configuration can't be unpacked"))
        if not machine.eof:
            return Configuration({}, why=Why("the configuration is cut off"))
    return parse(data.decode("utf-8", "replace"))


def parse(text: str) -> Configuration:
    """Parse the configuration of a kernel, as ``conf_write`` of scripts/kconfig/confdata.c writes it.

    From Linux 5.3 on each menu has a line at its end, and the last menus end with ``Kernel hacking``. A file without
    that line, or whose last line has no end, is cut off. Older ones have no end that can be told.
    """
    head = _HEAD.search(text, 0, 4096)
    if not head:
        return Configuration({}, why=Why("the file is not the configuration of a kernel"))
    ends = "\n# end of " in text
    version = int(head.group(3)) * 1000 + int(head.group(4))
    if not text.endswith("\n") or (_LAST_MENU not in text and (ends or version >= 5003)):
        return Configuration({}, why=Why("the configuration is cut off"))
    options: Dict[str, Optional[str]] = {}
    for line in _LINE.finditer(text):
        option, value = line.group(1) or line.group(3), _bare(line.group(2)) if line.group(1) else "n"
        options[option] = value if options.get(option, value) == value else None
    return Configuration(options, head.group(1), version, whole=ends)


def _bare(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] == '"':
        return re.sub(r"\\(.)", r"\1", value[1:-1])
    return value
