"""Which start-up files a login reads, in which order, and what is set when its prompt comes."""

from typing import List, NamedTuple, Optional, Tuple

from rempart_agent.models.shell.execute import EXIT, FAULT, GO, RETURN, Shell, Ways, World
from rempart_agent.models.shell.state import UMASK, State, Unknown, Value, joined
from rempart_agent.said import Why

DIALECTS = {
    "bash": "bash", "rbash": "bash", "dash": "dash", "zsh": "zsh", "rzsh": "zsh", "ksh": "ksh", "ksh93": "ksh",
    "mksh": "ksh",
    "rksh": "ksh",
}  # fmt: skip


class Login(NamedTuple):
    """An account that logs in.

    Attributes:
        name: Its name.
        uid: Its number.
        home: Its home folder.
        shell: The path of its shell.
        dialect: Which shell that is: ``bash``, ``dash``, ``zsh`` or ``ksh``.
    """

    name: str
    uid: int
    home: str
    shell: str
    dialect: str


class Answer(NamedTuple):
    """What a login has set.

    Attributes:
        name: ``TMOUT``, ``umask`` or ``PATH``.
        value: Its value, ``""`` where none is set, None where that is not known.
        fixed: Whether it can't be changed any more; None where that is not known.
        source: The file that set it last.
        line: The line.
        why: Why it is not known.
        either: All that it can be, where that is known and the value is not; ``""`` for not set.
    """

    name: str
    value: Optional[str]
    fixed: Optional[int]
    source: str
    line: int
    why: str
    either: Tuple[str, ...] = ()


def settled(
    login: Login, world: World, environment: Optional[Value] = None, own: bool = True, begins: Optional[str] = None
) -> List[Answer]:
    """Return TMOUT and umask as a login leaves them at its first prompt, and PATH where it begins with a known one.

    Args:
        login: The account and its shell.
        world: The files.
        environment: A TMOUT that the session begins with.
        own: Whether the account's own files are read, as they are; without them it is told what is set for everyone.
        begins: The PATH that the session begins with; None where it is not asked for.
    """
    shell = Shell(login.dialect, login.name, login.uid, world)
    state = _begin(login, environment)
    if begins is not None:
        state.values["PATH"] = begins
    ended: List[State] = []
    current: Optional[State] = state
    for choice in _files(login, world):
        if current is None or not (own or choice[0].startswith("/etc/")):
            continue
        path = next((p for p in choice if world.kind(p) == "file"), None)
        if path is None:
            continue
        ways = shell.file(path, current)
        on = [ways[signal][0] for signal in (GO, FAULT, RETURN) if signal in ways]
        ended += [ways[EXIT][0]] if EXIT in ways else []
        current = joined(on, "a condition") if on else None
    if current is not None:
        current = _prompt(shell, current)
    if current is None or shell.strange:
        why = shell.strange or Why("the start-up files end the shell")
        names = ("TMOUT", "umask") if begins is None else ("TMOUT", "umask", "PATH")
        return [Answer(name, None, None, "", 0, why) for name in names]
    found = [_variable(current, "TMOUT"), _mask(current)]
    return found if begins is None else [*found, _variable(current, "PATH")]


def alone(path: str, login: Login, world: World) -> Answer:
    """Return the mask that one file sets by itself, as an interactive shell reads it.

    Args:
        path: The file.
        login: The account and its shell.
        world: The files.
    """
    shell = Shell(login.dialect, login.name, login.uid, world)
    ways = shell.file(path, _begin(login, None))
    ends = [state for state, _ in ways.values()]
    if shell.strange:
        return Answer("umask", None, None, path, 0, shell.strange)
    return _mask(joined(ends, "a condition"))


def _variable(state: State, name: str) -> Answer:
    source, line = state.where.get(name, ("", 0))
    fixed = state.fixed.get(name, False)
    value, why, either = _told(state.get(name))
    return Answer(name, value, None if fixed is None else int(fixed), source, line, why, either)


def _mask(state: State) -> Answer:
    source, line = state.where.get(UMASK, ("", 0))
    value, why, either = _told(state.mask)
    return Answer("umask", value, 0, source, line, why, either)


def _prompt(shell: Shell, state: State) -> Optional[State]:
    """Run what a shell runs after its files: ``$ENV`` of dash and ksh, PROMPT_COMMAND of bash, ``precmd`` of zsh."""
    ways: Ways = {GO: (state, None)}
    named = state.values.get("ENV" if shell.dialect in ("dash", "ksh") else "PROMPT_COMMAND")
    if shell.dialect in ("dash", "ksh") and named:
        if isinstance(named, Unknown):
            state.spoil(named.why)
        elif named.startswith("/"):
            ways = shell.file(named, state)
        else:
            state.spoil("ENV={}".format(named))
    elif shell.dialect == "bash" and isinstance(named, str) and named:
        ways = shell.text(named, state)
    elif shell.dialect == "zsh" and "precmd" in state.functions:
        ways = shell.call(state.functions["precmd"], state)  # type: ignore[arg-type]
    on = [ways[signal][0] for signal in (GO, FAULT, RETURN) if signal in ways]
    return joined(on, "a condition") if on else None


def _told(value: Value) -> Tuple[Optional[str], str, Tuple[str, ...]]:
    if isinstance(value, Unknown):
        return None, value.why or Why("not known"), tuple(sorted(value.either))
    return value or "", "", ()


def _begin(login: Login, environment: Optional[Value]) -> State:
    state = State()
    filled = Unknown(Why("the shell's own"), True)
    state.values.update(
        {"HOME": login.home, "USER": login.name, "LOGNAME": login.name, "SHELL": login.shell, "PS1": filled}
    )
    state.values.update(dict.fromkeys(("BASH", "BASH_VERSION", "ZSH_VERSION", "KSH_VERSION", "ENV", "BASH_ENV")))
    state.values.update(dict.fromkeys(("ZDOTDIR", "ZSH_NAME", "POSIXLY_CORRECT")))
    if login.dialect == "bash":
        state.values.update(
            {"BASH": login.shell, "BASH_VERSION": filled, "UID": str(login.uid), "EUID": str(login.uid)}
        )
    if login.dialect == "zsh":
        state.values.update({"ZSH_VERSION": filled, "UID": str(login.uid), "EUID": str(login.uid)})
    if environment is not None:
        state.values["TMOUT"] = environment
    return state


def _files(login: Login, world: World) -> List[Tuple[str, ...]]:
    """Return the files in the order in which they are read; of several in one place the first that is there."""
    home = login.home.rstrip("/")
    if login.dialect == "zsh":
        system = "/etc/zsh" if world.kind("/etc/zsh") else "/etc"
        order: List[Tuple[str, ...]] = []
        for name in ("zshenv", "zprofile", "zshrc", "zlogin"):
            order += [(system + "/" + name,), (home + "/." + name,)]
        return order
    if login.dialect == "bash":
        return [("/etc/profile",), (home + "/.bash_profile", home + "/.bash_login", home + "/.profile")]
    return [("/etc/profile",), (home + "/.profile",)]
