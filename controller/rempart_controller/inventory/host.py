"""The host: one entry of the inventory, with the way to it and what is to be asked of it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rempart_agent.audit.request import Request
from rempart_agent.audit.settings import HostSettings
from rempart_core.error import EndpointError
from rempart_core.json_value import Json
from rempart_core.messages.message import Message
from rempart_core.model.parameter import Value
from rempart_core.suggestion import suggestion_of

ROLES = ("workstation", "server")
CRITICALITIES = ("low", "medium", "high", "critical")
_KNOWN = (
    "rempart_role",
    "rempart_profile",
    "rempart_parameters",
    "rempart_waivers",
    "rempart_criticality",
    "rempart_group",
    "rempart_engine",
    "rempart_window",
    "rempart_agent",
    "rempart_agent_command",
    # what fixes need to know that no audit asks
    "rempart_log_collector",
    "rempart_log_subscription",
    "rempart_management",
    "rempart_sensor",
)


class Become(NamedTuple):
    """How the collector gets its rights.

    Attributes:
        on: Whether another user is to be become.
        method: Ansible's word for it; ``sudo`` is the one that works here.
        user: The user to become.
        exe: The program.
        flags: Its flags.
        password: What it may ask for; ``""`` where it is not to ask.
    """

    on: bool = False
    method: str = "sudo"
    user: str = "root"
    exe: str = "sudo"
    flags: str = "-H -S -n"
    password: str = ""

    def __repr__(self) -> str:
        """Tell all but the password."""
        return f"Become(on={self.on}, method={self.method!r}, user={self.user!r})"


class Host(NamedTuple):
    """One host of the inventory.

    Attributes:
        name: Its name in the inventory.
        groups: Its groups, the innermost first.
        connection: ``ssh``, ``winrm``, ``local`` …
        options: The options of Ansible's connection plugin of that name, as Ansible resolves them.
        become: How rights are had.
        variables: All its variables that begin with ``ansible_`` or ``rempart_``, templated.
        errors: Those that could not be templated, and why.
        directory: Where its inventory lies; paths in variables are meant from there.
    """

    name: str
    groups: tuple[str, ...] = ()
    connection: str = "ssh"
    options: Mapping[str, Json] = {}
    become: Become = Become()
    variables: Mapping[str, Json] = {}
    errors: Mapping[str, str] = {}
    directory: str = ""

    def __repr__(self) -> str:
        """Tell no option and no variable: there are secrets among them."""
        return f"Host({self.name!r}, {self.connection})"

    @property
    def group(self) -> str:
        """Return the group that reports name: ``rempart_group``, else the innermost one."""
        given = self.variables.get("rempart_group")
        return str(given) if given else self.groups[0] if self.groups else "all"


def settings_of(host: Host, request: Request) -> HostSettings:
    """Return what is asked of a host: the command line first, then its variables.

    Args:
        host: The host.
        request: What the command line says.

    Raises:
        EndpointError: a variable of the host is wrong, so that nobody can tell what was meant.
    """
    for name, error in host.errors.items():
        raise EndpointError(Message("host.variable_failed", variable=name, error=str(error)), "settings")
    for name in host.variables:
        if name.startswith("rempart_") and name not in _KNOWN and not name.startswith("rempart_parameters_"):
            raise EndpointError(
                Message("host.variable_unknown", name=name, hint=suggestion_of(name, _KNOWN)), "settings"
            )
    return HostSettings(
        role=request.role or _one_of(host, "rempart_role", ROLES),
        profile=request.profile or _word(host, "rempart_profile"),
        parameters=request.parameters,
        values=_parameters(host),
        waivers=(request.waivers,) if request.waivers else _waivers(host),
        criticality=_one_of(host, "rempart_criticality", CRITICALITIES),
        engine=request.engine
        if request.engine != "auto"
        else _one_of(host, "rempart_engine", ("auto", "embedded", "osqueryi")) or "auto",
        agent=_flag(host, "rempart_agent"),
    )


def _word(host: Host, name: str) -> str:
    value = host.variables.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise EndpointError(Message("host.variable_text", name=name), "settings")
    return value


def _one_of(host: Host, name: str, words: Sequence[str]) -> str:
    value = _word(host, name)
    if value and value not in words:
        raise EndpointError(Message("host.variable_choice", name=name, value=value, known=", ".join(words)), "settings")
    return value


def _flag(host: Host, name: str) -> bool:
    value = host.variables.get(name, False)
    word = str(value).lower()  # an inventory in INI has texts only
    if word not in {"true", "yes", "false", "no"}:
        shown = value if isinstance(value, int) else str(value)
        raise EndpointError(Message("host.variable_truth", name=name, value=shown), "settings")
    return word in {"true", "yes"}


def _parameters(host: Host) -> dict[str, dict[str, Value]]:
    """Merge ``rempart_parameters`` and ``rempart_parameters_…``.

    In Ansible a host's variable takes the place of its group's as a whole: the suffix lets a group and a host each say
    their part.
    """
    found: dict[str, dict[str, Value]] = {}
    for variable in sorted(host.variables):
        if variable != "rempart_parameters" and not variable.startswith("rempart_parameters_"):
            continue
        given = host.variables[variable]
        if not isinstance(given, dict) or not all(isinstance(values, dict) for values in given.values()):
            raise EndpointError(
                Message("host.variable_form", variable=variable, form="CHECK: {NAME: VALUE}"), "settings"
            )
        for check, values in given.items():
            for name, value in values.items():
                mine = found.setdefault(str(check).upper(), {})
                if mine.get(name, value) != value:
                    raise EndpointError(
                        Message("host.variable_disagree", variable=variable, check=check, name=name), "settings"
                    )
                mine[name] = value
    return found


def _waivers(host: Host) -> tuple[str, ...]:
    import os

    given = host.variables.get("rempart_waivers") or []
    paths = [given] if isinstance(given, str) else given
    if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
        raise EndpointError(Message("host.variable_waivers"), "settings")
    return tuple(os.path.join(host.directory, os.path.expanduser(path)) for path in paths)
