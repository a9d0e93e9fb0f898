"""Whether auditctl surely takes a line with a rule: what is not known to be right may end the load.

Source: ``setopt`` of src/auditctl.c and ``audit_rule_fieldpair_data`` of lib/libaudit.c, audit 3.0 to 4.2.
"""

import re
from typing import List

from rempart_agent.models import audit_limits

_LISTS = re.compile(
    r"(?:(always|never),(exit|task|exclude|filesystem)|(exit|task|exclude|filesystem),(always|never))\Z"
)
_PERMS = re.compile(r"[rwxaRWXA]{1,4}\Z")
_PATH = re.compile(r"/[^\s]*\Z")
_KEY = re.compile(r"[!-~]{1,128}\Z")
_FIELD = re.compile(r"([a-z0-9_]+)(!=|>=|<=|&=|=|>|<|&)(.+)\Z")
_NUMBER = re.compile(r"(0[xX][0-9a-fA-F]{1,8}|0[0-7]{0,10}|[1-9][0-9]{0,9})\Z")
_USERS = ("auid", "uid", "euid", "suid", "fsuid", "obj_uid", "loginuid")
_GROUPS = ("gid", "egid", "sgid", "fsgid", "obj_gid")
_PLAIN = ("pid", "ppid", "pers", "devmajor", "devminor", "inode", "success")
_MANY = ("=", "!=", ">=", "<=", ">", "<")
_EQUAL = ("=", "!=")
_FILE_TYPES = ("file", "dir", "socket", "link", "character", "block", "fifo")
_RECORDS = ("CWD", "EOE", "PROCTITLE", "SYSCALL", "PATH", "EXECVE", "CRYPTO_KEY_USER")
_FILE_SYSTEMS = ("debugfs", "tracefs", "0x64626720", "0x74726163")
_ARCHES = ("b64", "b32", "x86_64", "i386", "i686", "aarch64")


def is_plain(text: str) -> bool:
    """Tell whether auditctl takes a line, system calls and what only the kernel knows (folders, labels) aside."""
    words = text.split()
    if len(words) % 2:
        return False
    options = list(zip(words[::2], words[1::2]))
    if not options:
        return False
    if options[0][0] == "-w":
        return _is_watch([name for name, _ in options], [value for _, value in options])
    lists = _LISTS.match(options[0][1])
    if options[0][0] not in ("-a", "-A") or not lists:
        return False
    where = lists.group(2) or lists.group(3)
    calls = about = arch = False
    fields = [value.partition("=")[0] for name, value in options if name == "-F"]
    every = [call for name, value in options if name == "-S" for call in value.split(",")]
    if ("all" in every and len(every) > 1) or any(fields.count(field) > 1 for field in ("path", "dir", "perm")):
        return False
    for name, value in options[1:]:
        if name == "-S":
            if where != "exit" or not all(value.split(",")):
                return False
            calls = True
        elif name == "-k" or (name == "-F" and value.startswith("key=")):
            if not (calls or about) or not _KEY.match(value):
                return False
        elif name == "-C":
            if where != "exit" or not _is_pair(value):
                return False
        elif name == "-F":
            field = value.partition("=")[0]
            if field == "arch" and (calls or arch or where != "exit" or value[5:] not in _ARCHES):
                return False
            arch = arch or field == "arch"
            if field != "arch" and not _is_field(value, where):
                return False
            about = about or field.rstrip("!") in ("path", "dir", "perm", "exe", "fstype")
        else:
            return False
    return True


def _is_watch(names: List[str], values: List[str]) -> bool:
    if not _PATH.match(values[0]) or set(names[1:]) - {"-p", "-k"} or names.count("-p") > 1:
        return False
    return all(_PERMS.match(v) if n == "-p" else _KEY.match(v) for n, v in list(zip(names, values))[1:])


def _is_pair(text: str) -> bool:
    found = audit_limits.limits(text)
    return bool(found) and " " in found[0][0]  # type: ignore[index]  # bool(found) has looked


def _is_field(text: str, where: str) -> bool:
    parsed = _FIELD.match(text)
    if not parsed:
        return False
    name, sign, value = parsed.groups()
    number = bool(_NUMBER.match(value))
    if name in _USERS:
        return sign in _MANY and (number or value in ("unset", "-1")) and (where != "exclude" or name != "euid")
    if where == "exclude":
        return name == "msgtype" and sign == "=" and value in _RECORDS
    if where == "filesystem":
        return name == "fstype" and sign in _EQUAL and value in _FILE_SYSTEMS
    if where == "task":
        return name in _GROUPS and sign in _MANY and number
    return {
        **dict.fromkeys(_GROUPS, sign in _MANY and number),
        **dict.fromkeys(audit_limits.ARGUMENTS, number),
        **dict.fromkeys(_PLAIN, sign in _EQUAL and number),
        "exit": sign in _MANY and (number or bool(audit_limits.limits(text))),
        "path": sign == "=" and bool(_PATH.match(value)),
        "dir": sign == "=" and bool(_PATH.match(value)),
        "perm": sign == "=" and bool(_PERMS.match(value)),
        "exe": sign in _EQUAL and bool(_PATH.match(value)),
        "filetype": sign in _EQUAL and value in _FILE_TYPES,
    }.get(name, False)
