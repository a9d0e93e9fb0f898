"""What a configuration of GRUB comes to: its boot entries with their arguments."""

import re
from typing import Dict, Iterator, List, Mapping, NamedTuple, Sequence, Tuple

from rempart_agent.models.grub.script import Block, Command, Refused, Word, literal, parse
from rempart_agent.said import Why

LINUX = frozenset(("linux", "linux16", "linuxefi"))
_XEN = frozenset(("module", "module2", "xen_module"))
_READS = re.compile(
    r"source|\.|configfile|normal|eval|(?:legacy|syslinux)_(?:source|configfile)"
    r"|extract_(?:legacy_|syslinux_)?entries_(?:source|configfile)"
)
"""Commands that run what stands elsewhere."""
_FOLLOWED = ("/grub.cfg", "/custom.cfg", "/user.cfg")
"""Files that stand beside the configuration and are read by themselves."""


class Argument(NamedTuple):
    """A word of a kernel's command line; ``sure`` is False where a condition decides whether it is there."""

    text: str
    sure: bool


class Entry(NamedTuple):
    """A boot entry that starts a Linux.

    Attributes:
        title: As the menu shows it, with those of its submenus before it.
        kernel: The file.
        arguments: Its command line.
        line: Of the command that loads the kernel.
        why: Why the command line is not known.
    """

    title: str
    kernel: str
    arguments: Tuple[Argument, ...]
    line: int
    why: str


class Menu(NamedTuple):
    """A configuration file of GRUB.

    Attributes:
        commands: All of them.
        entries: Those that start a Linux.
        loads: Whether it loads entries of the Boot Loader Specification (``blscfg``).
        stub: Whether it has no entries of its own and goes on to another file.
        strange: Files that it reads and that are not looked at.
    """

    commands: Tuple[Command, ...]
    entries: Tuple[Entry, ...]
    loads: bool
    stub: bool
    strange: Tuple[str, ...]


def read(text: str, environment: Mapping[str, str], sections: Sequence[str] = ()) -> Menu:
    """Return what a configuration of GRUB says.

    Args:
        text: The file.
        environment: The variables of ``grubenv``.
        sections: The scripts of /etc/grub.d that are run; a generated file has a section of each.

    Raises:
        Refused: it is cut off, or not understood.
    """
    if text and not text.endswith("\n"):
        raise Refused("the file is cut off: its last line has no end")
    begun = re.findall(r"(?m)^### BEGIN (\S+) ###$", text)
    ended = re.findall(r"(?m)^### END (\S+) ###$", text)
    lost = [name for name in (*begun, *(sections if begun else ())) if name not in ended]
    if lost:
        raise Refused(
            "the section of {name} is missing: the file is cut off, or older than that script",
            name=lost[0],
        )
    commands = parse(text)
    values = Values(commands, environment)
    entries = tuple(_entries(commands, values))
    names = [literal(command.words[0]) for command in commands]
    reads = [
        shown(command.words[1])
        for command, name in zip(commands, names)
        if _READS.fullmatch(name or "") and command.words[1:]
    ]
    loads = "blscfg" in names
    menus = any(block.kind == "menuentry" for command in commands for block in command.blocks)
    return Menu(
        tuple(commands),
        entries,
        loads,
        not (entries or loads or menus) and bool(reads),
        tuple(path for path in reads if not path.endswith(_FOLLOWED)),
    )


def expand(words: Sequence[Word], commands: Sequence[Command], environment: Mapping[str, str]) -> List[Argument]:
    """Return the arguments that words come to where a file has set variables.

    Args:
        words: Of the command line.
        commands: Of the file.
        environment: The variables of ``grubenv``.
    """
    values = Values(commands, environment)
    return [argument for word in words for argument in values.arguments(word)]


def shown(word: Word) -> str:
    """Return a word with the names of its variables (``$prefix/user.cfg``)."""
    return "".join("${}".format(part.text) if part.variable else part.text for part in word)


class Values:
    """What variables may be: each with what may be set, and whether that is sure."""

    def __init__(self, commands: Sequence[Command], environment: Mapping[str, str]) -> None:
        """Look at what sets variables.

        Args:
            commands: Of the file.
            environment: The variables of ``grubenv``.
        """
        self._set: Dict[str, List[Tuple[Word, Tuple[Block, ...]]]] = {}
        self._environment = environment
        for command in commands:
            words = command.words
            name = literal(words[0])
            if name == "set":
                words = words[1:]
            for word in words if name == "set" else words[:1]:
                first = word[0] if word else None
                key, equals, _ = first.text.partition("=") if first and not first.variable else ("", "", "")
                if equals and re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", key):
                    rest = (first._replace(text=first.text[len(key) + 1 :]), *word[1:]) if first else ()
                    self._set.setdefault(key, []).append((rest, command.blocks))

    def of(self, name: str, depth: int = 0) -> Tuple[List[str], bool]:
        """Return the values that a variable may have, and whether there is but one.

        Args:
            name: The variable.
            depth: How many variables lead to it.
        """
        known = self._environment.get(name)
        found = [known or ""]
        for word, blocks in self._set.get(name, []):
            if _is_default(blocks, name) and known:
                continue  # grubenv has it, and the file gives what stands in for it
            texts = self._texts(word, depth + 1)
            if not blocks or _is_default(blocks, name):
                found = texts
            else:
                found += [text for text in texts if text not in found]
        return found[:16], len(set(found)) == 1

    def _texts(self, word: Word, depth: int) -> List[str]:
        texts = [""]
        for part in word:
            options = self.of(part.text, depth)[0] if part.variable and depth < 8 else [part.text]
            texts = [text + option for text in texts for option in options][:16]
        return texts

    def arguments(self, word: Word) -> List[Argument]:
        """Return the words that one word of a command comes to; a variable outside quotes is parted at blanks."""
        text, sure, found = "", True, []
        for part in word:
            if not part.variable:
                text += part.text
                continue
            values, one = self.of(part.text)
            sure = sure and one
            if part.quoted or one:
                pieces = [values[0]] if part.quoted else re.split("[ \t\n]+", values[0])
                text += pieces[0]
                for piece in pieces[1:]:
                    found += [Argument(text, sure)] if text else []
                    text = piece
            else:
                found += [Argument(piece, False) for value in values for piece in value.split()]
        return found + ([Argument(text, sure)] if text else [])


def _is_default(blocks: Tuple[Block, ...], name: str) -> bool:
    """Tell whether a command stands in ``if [ -z "${name}" ]``, and nowhere else."""
    if len(blocks) != 1 or blocks[0].kind != "if":
        return False
    words = [shown(word) for word in blocks[0].words]
    return words in (["[", "-z", "$" + name, "]"], ["test", "-z", "$" + name])


def _entries(commands: Sequence[Command], values: Values) -> Iterator[Entry]:
    for command in commands:
        name = literal(command.words[0])
        title = " > ".join(
            literal(block.words[1]) or shown(block.words[1])
            for block in command.blocks
            if block.kind in ("menuentry", "submenu") and len(block.words) > 1
        )
        if name in LINUX or (name in _XEN and _loads_kernel(command)):
            if any(block.kind == "function" for block in command.blocks):
                yield Entry(title, "", (), command.line, Why("a function loads the kernel"))
                continue
            arguments = [one for word in command.words[1:] for one in values.arguments(word)]
            while name in _XEN and arguments and arguments[0].text.startswith("--"):
                arguments.pop(0)
            kernel = arguments[0].text if arguments else ""
            # Xen's placeholder stands between the kernel and its arguments (20_linux_xen)
            rest = [one for one in arguments[1:] if not (name in _XEN and one.text == "placeholder")]
            why = Why("a condition decides which kernel is loaded") if _under_condition(command) else ""
            yield Entry(title, kernel, tuple(rest), command.line, why)


def _under_condition(command: Command) -> bool:
    """Tell whether a condition stands within the entry; those around entries only hide them from the menu."""
    kinds = [block.kind for block in command.blocks]
    inner = kinds[kinds.index("menuentry") :] if "menuentry" in kinds else kinds
    return "if" in inner or "loop" in inner


def _loads_kernel(command: Command) -> bool:
    """Tell whether a module that Xen loads is a kernel, and no initial RAM file system."""
    return any("vmlinu" in shown(word) for word in command.words[1:])
