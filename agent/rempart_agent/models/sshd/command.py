"""The command line of sshd (getopt in sshd.c)."""

from typing import List, NamedTuple, Sequence, Tuple

from rempart_agent.models.sshd.scalar import Refused, port, seconds

DEFAULT = "/etc/ssh/sshd_config"
_TAKING = "CEbcfghkopu"
_ALONE = "46DGQRTdeiqrtV"


class Command(NamedTuple):
    """What a command line asks for.

    Attributes:
        config: The file that it reads; ``none`` for no file at all.
        options: What it says of options, in order: ``-o`` and its text, or an option and its value.
        serves: False where it only tests its files or prints something.
    """

    config: str
    options: List[Tuple[str, str]]
    serves: bool = True


def parse(words: Sequence[str]) -> Command:
    """Read the arguments after the program's name.

    Raises:
        Refused: sshd does not start with them.
    """
    config, options = DEFAULT, []
    serves = True
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word == "--":
            break
        if word[:1] != "-" or word == "-":
            raise Refused("an argument that is no option: {word}", word=word)
        at = 1
        while at < len(word):
            letter = word[at]
            at += 1
            if letter in _TAKING:
                value = word[at:] or (rest.pop(0) if rest else None)
                at = len(word)
                if value is None:
                    raise Refused("-{letter} without a value", letter=letter)
                if letter == "f":
                    config = value
                elif letter == "o":
                    options.append(("-o", value))
                elif letter == "p":
                    port(value)
                    options.append(("port", value))
                elif letter == "g":
                    if seconds(value) is None:
                        raise Refused("no time: {value}", value=value)
                    options.append(("logingracetime", value))
                elif letter == "h":
                    options.append(("hostkey", value))
                elif letter == "c":
                    options.append(("hostcertificate", value))
            elif letter in "46":
                options.append(("addressfamily", "inet" if letter == "4" else "inet6"))
            elif letter == "q":
                options.append(("loglevel", "QUIET"))
            elif letter == "d":
                options.append(("loglevel", "DEBUG1"))
            elif letter not in _ALONE:
                raise Refused("an unknown option -{letter}", letter=letter)
            elif letter in "tTGV":
                serves = False
    if rest:
        raise Refused("an argument that is no option: {rest}", rest=rest[0])
    return Command(config, options, serves)
