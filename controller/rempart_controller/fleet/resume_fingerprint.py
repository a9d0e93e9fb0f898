"""What a run asks of a fleet, so that an interrupted one is gone on with by the same question only."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from rempart_agent.audit.content_cache import Content
from rempart_agent.audit.request import Request
from rempart_agent.audit.settings import HostSettings
from rempart_controller.inventory.host import Host
from rempart_core import digest
from rempart_core.error import EndpointError
from rempart_core.messages.message import Message, as_is
from rempart_core.text import clean_line
from rempart_core.version import VERSION

_PLACE = ("host", "remote_addr", "port")  # options of connection plugins
_NAMED = 3  # hosts that are named where two runs differ


class Question(NamedTuple):
    """What a run asks.

    Attributes:
        version: Of Rempart.
        options: What the command line chooses, by the option's name.
        content: Digest of all checks and profiles.
        hosts: Digest of what is asked of each host, and where it is reached. Nothing secret goes into it.
    """

    version: str
    options: Mapping[str, str]
    content: str
    hosts: Mapping[str, str]


def describe_request(
    request: Request,
    content: Content,
    hosts: Sequence[Host],
    settings: Sequence[HostSettings | EndpointError],
) -> Question:
    """Return what a run asks.

    Args:
        request: What the command line says.
        content: Checks and profiles.
        hosts: The hosts of the inventory that are meant.
        settings: What is asked of each, or why it can't be asked.
    """
    options = {
        "--role": request.role,
        "--profile": request.profile,
        "--checks": ",".join(request.globs),
        "--param": " ".join(sorted(request.parameters)),
        "--engine": request.engine,
        "--walk": "" if request.walk is None else "yes" if request.walk else "no",
        "--walk-entries": str(request.walk_entries or ""),
        "--walk-seconds": str(request.walk_seconds or ""),
    }
    asked = {}
    for host, own in zip(hosts, settings, strict=True):
        # Waivers are applied when a report is written, and may change.
        kept: Any = own._replace(waivers=(), criticality="") if isinstance(own, HostSettings) else str(own)
        asked[host.name] = _digest([host.connection, [host.options.get(name) for name in _PLACE], kept])
    return Question(VERSION, options, _digest([list(content.checks), content.profiles]), asked)


def _digest(value: Any) -> str:
    return str(digest.new(json.dumps(value, sort_keys=True, default=repr).encode()).hexdigest())[:32]


def read_question(data: Any) -> Question:
    """Return the question that a line of JSON holds.

    Raises:
        ValueError: It holds none.
    """
    try:
        fingerprint = Question(**data)
        dict(fingerprint.options), dict(fingerprint.hosts)
    except (TypeError, ValueError) as error:
        raise ValueError("no question") from error
    return fingerprint


def compare_questions(then: Question, now: Question) -> list[Message]:
    """Return in words how a question differs from that of an interrupted run.

    Args:
        then: The interrupted run's, from its journal.
        now: That of this run.
    """
    said: list[Message] = []
    if then.version != now.version:
        said.append(Message("resume.other_version", then=then.version, now=now.version))
    for name in sorted(now.options.keys() | then.options.keys()):
        was, is_ = then.options.get(name, ""), now.options.get(name, "")
        if was != is_:
            said.append(Message("resume.other_option", name=name, then=_given(was), now=_given(is_)))
    if then.content != now.content:
        said.append(Message("resume.other_checks"))
    moved = {name for name, asked in now.hosts.items() if then.hosts.get(name, asked) != asked}
    if gone := then.hosts.keys() - now.hosts.keys():
        said.append(Message("resume.hosts_gone", names=_name(sorted(gone))))
    if new := now.hosts.keys() - then.hosts.keys():
        said.append(Message("resume.hosts_new", names=_name(sorted(new))))
    if moved and then.options == now.options:
        said.append(Message("resume.hosts_other", names=_name(sorted(moved))))
    return said


def _given(value: str) -> Message:
    return as_is(clean_line(value)) if value else Message("resume.not_given")


def _name(names: Sequence[str]) -> Message:
    told = ", ".join(clean_line(name) for name in names[:_NAMED])
    more = len(names) - _NAMED
    return Message("resume.names_more", names=told, count=str(more)) if more > 0 else as_is(told)
