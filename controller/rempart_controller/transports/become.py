"""The command that begins a collector on an endpoint, with other rights where the host says so."""

import secrets
import shlex
from typing import NamedTuple

from rempart_agent.engines.remote import travelling_code
from rempart_controller.inventory.host import Host
from rempart_core.error import EndpointError
from rempart_core.messages.message import Message

_SU_PROMPT = "Password: "


class Start(NamedTuple):
    """How a collector is begun.

    Attributes:
        command: Program and arguments.
        password: What is answered where the prompt comes; ``""`` where none will.
        prompt: The prompt, like no other.
    """

    command: tuple[str, ...]
    password: str = ""
    prompt: str = ""

    def __repr__(self) -> str:
        """Tell no password."""
        return f"Start({shlex.join(self.command)[:60]!r})"


def start_of(host: Host, user: str = "") -> Start:
    """Return how the collector is begun on a host.

    Args:
        host: The host.
        user: As whom the connection is; it need not become itself.

    Raises:
        EndpointError: the host asks for a way that is none here.
    """
    return with_rights(host, user, (_python(host), "-I", "-S", "-c", travelling_code.command()))


def with_rights(host: Host, user: str, command: tuple[str, ...]) -> Start:
    """Return how a program is begun on a host, with the rights that the host's variables ask for; see ``start_of``.

    Args:
        host: The host, with how rights are had.
        user: As whom it is logged in; ``""`` where that is not known.
        command: The program and its arguments.

    Raises:
        EndpointError: Rights are had in a way that is not known here.
    """
    become = host.become
    if not become.on or (user and user == become.user):
        return Start(command)
    if become.method == "su":
        # The language is set, or the prompt is in that of the login. su asks by PAM, which reads one line of its input.
        full = ("env", "LC_ALL=C", *shlex.split(become.exe), *shlex.split(become.flags), become.user, "-c")
        return Start((*full, shlex.join(command)), become.password, _SU_PROMPT)
    if become.method != "sudo":
        raise EndpointError(Message("host.become_method", method=become.method), "settings")
    prompt = f"[rempart {secrets.token_hex(8)}] password:"
    flags = shlex.split(become.flags)
    if become.password:
        flags = [flag for flag in flags if flag not in {"-n", "--non-interactive"}]
        if "-S" not in flags:
            flags.append("-S")
    elif "-n" not in flags:
        flags.append("-n")  # nobody is there to answer
    full = (*shlex.split(become.exe), *flags, "-p", prompt, "-u", become.user, *command)
    return Start(full, become.password, prompt)


def _python(host: Host) -> str:
    """Return the Python that Ansible would use, where the inventory names one."""
    given = str(host.variables.get("ansible_python_interpreter") or "auto")
    return "python3" if given.startswith("auto") else given
