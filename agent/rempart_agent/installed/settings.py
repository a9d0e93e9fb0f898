"""The installed agent's file: what it audits with. Every mistake is told, all at once."""

import os
import stat
import sys
from typing import NamedTuple

from rempart_agent.audit import content_cache
from rempart_agent.engines.registry import NAMES
from rempart_agent.installed.spool import Bounds
from rempart_core.content.place import check_directories
from rempart_core.content.profilefile import read_values
from rempart_core.content.reader import Reader
from rempart_core.content.waiverfile import read_waivers
from rempart_core.content.yamlfile import Node, read
from rempart_core.error import ContentError, Mistake
from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of
from rempart_core.model.check import ROLES
from rempart_core.model.parameter import Value
from rempart_core.suggestion import quoted, suggestion_of

PATH = "/etc/rempart/agent.yaml"
_KEYS = ("role", "profile", "parameters", "waivers", "checks", "engine", "deadline", "spool")
_ROLES = tuple(role for role in ROLES if role not in {"image", "organisation"})
_MIB = 1 << 20


class Settings(NamedTuple):
    """What the installed agent audits with.

    Attributes:
        role: ``server`` or ``workstation``; ``""`` to detect it.
        profile: A profile's name; ``""`` for the role's own.
        parameters: Check id to parameter to value.
        waivers: A waiver file; ``""`` for none.
        checks: Folders of own checks, beside ours.
        engine: What answers; see ``engines.NAMES``.
        deadline: Seconds for each statement.
        bounds: How much the spool may hold.
    """

    role: str = ""
    profile: str = ""
    parameters: dict[str, dict[str, Value]] = {}  # noqa: RUF012 - a default that is never written to
    waivers: str = ""
    checks: tuple[str, ...] = ()
    engine: str = "auto"
    deadline: float = 20.0
    bounds: Bounds = Bounds()


def read_settings(path: str) -> Settings:
    """Read the file, and what it names: profile, parameters and waivers are held against the checks there are.

    Raises:
        ContentError: With all mistakes of all files; or others may write to one.
    """
    document = read(path)
    reader = Reader(document)
    if document.data:
        reader.mistakes += find_strangers(path)
    fields = reader.fields(document.root, _KEYS)
    bounds = reader.fields(fields.get("spool"), ("files", "megabytes"), (), "spool")
    settings = Settings(
        role=reader.choice(fields.get("role"), "role", _ROLES, ""),
        profile=reader.line(fields.get("profile"), "profile"),
        waivers=_place(reader, fields.get("waivers"), "waivers"),
        checks=_folders(reader, fields.get("checks")),
        engine=reader.choice(fields.get("engine"), "engine", NAMES, "auto"),
        deadline=float(_number(reader, fields.get("deadline"), "deadline", 20, 3600)),
        bounds=Bounds(
            _number(reader, bounds.get("files"), "spool.files", Bounds().files, 1000),
            _number(reader, bounds.get("megabytes"), "spool.megabytes", Bounds().size // _MIB, 1024) * _MIB,
        ),
    )
    settings = settings._replace(parameters=_hold_against_checks(reader, fields, settings))
    if reader.mistakes:
        raise ContentError(reader.mistakes)
    return settings


def _hold_against_checks(reader: Reader, fields: dict[str, Node], settings: Settings) -> dict[str, dict[str, Value]]:
    """Read the parameters, and note what of profile, parameters and waivers names nothing that there is."""
    try:
        content = content_cache.load(
            check_directories(settings.checks), "linux" if sys.platform.startswith("linux") else ""
        )
    except ContentError as error:
        reader.mistakes += error.mistakes
        return {}
    known = {check.id: check for check in content.checks}
    try:
        if settings.waivers:
            read_waivers(settings.waivers, known)
    except ContentError as error:
        reader.mistakes += error.mistakes
    names = [profile.name for profile in content.profiles]
    if settings.profile and settings.profile not in names:
        hint = suggestion_of(settings.profile, names)
        no_profile = Message("content.no_profile", name=quoted(settings.profile), hint=hint)
        reader.report(fields["profile"], no_profile, what="profile")
    return read_values(reader, fields.get("parameters"), known)


def _place(reader: Reader, node: Node | None, name: str) -> str:
    """Return the path of what others may not write to; ``""`` where that is a mistake."""
    place = reader.line(node, name)
    if node is None or not place:
        return ""
    if not os.path.isabs(place):
        reader.report(node, Message("agent.no_whole_path", path=quoted(place)), what=name)
        return ""
    strangers = find_strangers(place)
    reader.mistakes += strangers
    return "" if strangers else place


def _folders(reader: Reader, node: Node | None) -> tuple[str, ...]:
    found = []
    for item in reader.items(node, "checks"):
        place = _place(reader, item, "checks")
        if place and not os.path.isdir(place):
            reader.report(item, Message("agent.no_folder", path=quoted(place)), what="checks")
        elif place:
            found.append(place)
    return tuple(found)


def _number(reader: Reader, node: Node | None, name: str, otherwise: int, most: int) -> int:
    if node is None:
        return otherwise
    value = reader.integer(node, name, 1)
    if value > most:
        reader.report(node, Message("agent.too_large", value=str(value), most=str(most)), what=name)
    return value


def find_strangers(path: str) -> list[Mistake]:
    """Return a mistake for each of a file, what is below a folder, and the folder that holds it, that others may write.

    Whoever may write there decides what is asked, and what of it is waived.
    """
    places = [os.path.dirname(os.path.abspath(path)), path]
    if os.path.isdir(path):
        for folder, folders, files in os.walk(path):
            places += [os.path.join(folder, name) for name in (*folders, *files)]
    found = []
    for place in places:
        try:
            status = os.stat(place)
        except OSError as error:
            found.append(Mistake(place, 0, 0, Message("content.unreadable", error=reason_of(error))))
            continue
        sticky = stat.S_ISDIR(status.st_mode) and status.st_mode & stat.S_ISVTX
        if status.st_uid not in {0, os.geteuid()}:
            found.append(Mistake(place, 0, 0, Message("agent.others_file")))
        elif status.st_mode & 0o022 and not sticky:
            found.append(Mistake(place, 0, 0, Message("agent.others_write")))
    return found


def is_installed() -> bool:
    """Tell whether this machine has the file of an installed agent."""
    return os.path.exists(PATH)
