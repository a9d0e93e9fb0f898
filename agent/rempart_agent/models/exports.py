"""What exports(5) gives to whom, as nfs-utils reads it (support/nfs/exports.c, client.c, xio.c).

A word of options without a host, ``(rw)``, is for everybody, as is a folder without a host. ``-options`` as the first
word are the defaults of a line; of options that contradict each other the last counts.
"""

import re
from typing import Iterator, List, NamedTuple, Optional, Tuple

from rempart_agent.said import Why

_OCTAL = re.compile(r"\\([0-7]{3})")
_NARROW = {4: 8, 6: 32}  # networks with a shorter prefix are as good as everybody


class Export(NamedTuple):
    """A folder, as it is exported to one client.

    Attributes:
        line: The line on which its entry begins.
        folder: The folder.
        client: The client as it is written; ``""`` where none is.
        options: All options in force that are written, with commas between them.
        everybody: Whether the client stands for everybody; None where that can't be told.
        root: Whether root of a client, or everybody, is root over the files.
        secure: Whether only ports below 1024 are taken.
        writable: Whether a client may write.
        why: Why something can't be told.
    """

    line: int
    folder: str
    client: str
    options: str
    everybody: Optional[int]
    root: int
    secure: int
    writable: int
    why: str = ""


def parse(text: str) -> Iterator[Export]:
    """Parse a file of exports."""
    for number, words in _entries(text):
        folder = _OCTAL.sub(lambda m: chr(int(m.group(1), 8) & 0xFF), words[0])
        clients, common = words[1:], ""
        if clients and clients[0].startswith("-"):
            common, clients = clients[0][1:], clients[1:]
        for word in clients or [""]:
            host, bracket, own = word.partition("(")
            yield _export(number, folder, host, [common, own.rstrip(")") if bracket else ""])


def _entries(text: str) -> Iterator[Tuple[int, List[str]]]:
    """Yield the words of each entry; a backslash at the end of a line joins the next to it."""
    number = 0
    lines = iter(text.split("\n"))
    for line in lines:
        number += 1
        begun = number
        whole = line
        while whole.endswith("\\"):
            more = next(lines, None)
            if more is None:
                whole = whole[:-1]
                break
            number += 1
            whole = whole[:-1] + " " + more
        words = _words(whole)
        if words:
            yield begun, words


def _words(line: str) -> List[str]:
    words: List[str] = []
    word, quoted, begun = "", False, False
    for sign in line:
        if sign == '"':
            quoted, begun = not quoted, True
        elif sign == "#" and not quoted:
            break
        elif sign in " \t\r" and not quoted:
            if begun:
                words.append(word)
            word, begun = "", False
        else:
            word, begun = word + sign, True
    return [*words, word] if begun else words


def _export(line: int, folder: str, client: str, lists: List[str]) -> Export:
    options = [one.strip() for text in lists for one in text.split(",") if one.strip()]
    squashes, secure, writable, anonymous = True, 1, 0, -2
    for option in options:
        name, _, value = option.partition("=")
        if name in ("root_squash", "no_root_squash"):
            squashes = name == "root_squash"
        elif name in ("secure", "insecure"):
            secure = int(name == "secure")
        elif name in ("ro", "rw"):
            writable = int(name == "rw")
        elif name == "anonuid":
            anonymous = int(value) if re.fullmatch(r"-?[0-9]{1,10}", value) else 0
    everybody, why = _breadth(client)
    root = int(not squashes or anonymous == 0)
    return Export(line, folder, client, ",".join(options), everybody, root, secure, writable, why)


def _breadth(client: str) -> Tuple[Optional[int], str]:
    """Tell whether a client stands for everybody."""
    if client in ("", "*", "<world>"):
        return 1, ""
    if client.startswith("@"):
        return None, Why("a directory knows who is in a netgroup")
    if client.startswith("gss/"):
        return None, Why("everybody with a ticket of Kerberos")
    if re.search(r"[*?\[]", client):
        return int(not any(re.fullmatch(r"[A-Za-z0-9_-]+", part) for part in client.split("."))), ""
    if "/" in client:
        return _network(client)
    return 0, ""


def _network(client: str) -> Tuple[Optional[int], str]:
    import ipaddress

    address, _, mask = client.partition("/")
    try:
        network = ipaddress.ip_network("{}/{}".format(address, mask), strict=False)
    except ValueError:
        return None, Why("a network that is not understood")
    return int(network.prefixlen < _NARROW[network.version]), ""
