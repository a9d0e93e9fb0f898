r"""Table os_version: which Windows it is.

A running system says its name (``Win32_OperatingSystem.Caption``) from a resource of its own; on a disk it is the
registry's ``ProductName``, which Windows 11 left at "Windows 10": from build 22000 on, a client is called Windows 11.
"""

from typing import Iterator, Optional

from rempart_agent.source.contract import BIGINT, INTEGER, TEXT, Column, Malformed, Query, Row
from rempart_agent.source.registry import Key, text_of
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("name", TEXT),
    Column("version", TEXT, collate="version"),
    Column("major", INTEGER),
    Column("minor", INTEGER),
    Column("patch", INTEGER),
    Column("build", TEXT),
    Column("platform", TEXT),
    Column("platform_like", TEXT),
    Column("codename", TEXT),
    Column("arch", TEXT),
    Column("install_date", BIGINT),
    Column("revision", INTEGER),
)

_KEY = "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
_ENVIRONMENT = "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment"
_ELEVEN = 22000
_BITS = {"AMD64": "64-bit", "X86": "32-bit", "ARM64": "ARM 64-bit Processor"}


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row."""
    del query
    key = target.registry(_KEY)
    build = text_of(key, "CurrentBuildNumber") or text_of(key, "CurrentBuild")
    if key is None or not build.isascii() or not build.isdigit():
        raise Malformed("the registry does not say which Windows it is")
    major, minor = _number(key, "CurrentMajorVersionNumber"), _number(key, "CurrentMinorVersionNumber")
    if major is None or minor is None:  # before Windows 10
        first, _, second = text_of(key, "CurrentVersion").partition(".")
        if not (first.isdigit() and second.isdigit()):
            raise Malformed("the registry does not say which version of Windows it is")
        major, minor = int(first), int(second)
    name = "Microsoft " + text_of(key, "ProductName").replace("Microsoft ", "")
    if int(build) >= _ELEVEN and text_of(key, "InstallationType") == "Client":
        name = name.replace("Windows 10", "Windows 11")
    processor = text_of(target.registry(_ENVIRONMENT), "PROCESSOR_ARCHITECTURE")
    yield {
        "name": name,
        "version": "{}.{}.{}".format(major, minor, build),
        "major": major,
        "minor": minor,
        "build": build,
        "platform": "windows",
        "platform_like": "windows",
        "codename": name,
        "arch": _BITS.get(processor.upper(), processor),
        "install_date": _number(key, "InstallDate"),
        "revision": _number(key, "UBR"),
    }


def _number(key: Key, name: str) -> Optional[int]:
    value = key.value(name)
    return value.data if value is not None and isinstance(value.data, int) else None
