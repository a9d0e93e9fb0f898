"""Values of a shape of their own: numbers with units, pairs and triples of numbers."""

import re
from typing import List

from rempart_agent.models.sshd import scalar
from rempart_agent.models.sshd.scalar import Arguments, Refused

_QOS = ["none", "af11", "af12", "af13", "af21", "af22", "af23", "af31", "af32", "af33", "af41", "af42", "af43"]
_QOS += ["cs0", "cs1", "cs2", "cs3", "cs4", "cs5", "cs6", "cs7", "ef", "le", "lowdelay", "throughput", "reliability"]
_CODES = [-1, 0x28, 0x30, 0x38, 0x48, 0x50, 0x58, 0x68, 0x70, 0x78, 0x88, 0x90, 0x98]
_CODES += [0x00, 0x20, 0x40, 0x60, 0x80, 0xA0, 0xC0, 0xE0, 0xB8, 0x04, 0x10, 0x08, 0x04]


def quality(a: Arguments) -> List[str]:
    """Return the two qualities of service of IPQoS.

    Raises:
        Refused: There are more than two, or one is not known.
    """
    if not 1 <= len(a.words) <= 2:
        raise Refused("one or two values are taken")
    out = []
    for word in a.words:
        if word.lower() in _QOS[-3:] and a.version >= (10, 0):
            code = -1  # Debian's 10.0 has 10.1's change: no type of service any more
        elif word.lower() in _QOS:
            code = _CODES[_QOS.index(word.lower())]
        else:
            code = scalar.whole(word)
            if code > 255:
                raise Refused("no quality of service: {word}", word=word)
        named = _CODES[:-3] if a.version >= (10, 0) else _CODES
        out.append(_QOS[named.index(code)] if code in named else "0x{:02x}".format(code))
    return [" ".join(out if len(out) > 1 else out * 2)]


def rekey(a: Arguments) -> List[str]:
    """Return size and time of RekeyLimit; ``-`` for a time that is not said.

    Raises:
        Refused: The size is none, or out of bounds, or more than both is said.
    """
    words = scalar.some(a)
    if len(words) > 2:
        raise Refused("more words than it takes")
    time = "-" if len(words) == 1 or words[1] == "none" else str(scalar.time(words[1]))
    if words[0] == "default":
        return ["0 " + time]
    found = re.match(r"[+]?([0-9]{1,15})(?:\.([0-9]{0,9}))?([bkmgtpeBKMGTPE]?)\Z", words[0])
    if not found:
        raise Refused("no size: {words}", words=words[0])
    factor = 1024 ** "bkmgtpe".index(found.group(3).lower() or "b")
    fraction = found.group(2) or ""
    size = int(found.group(1)) * factor + (int(fraction) * factor // 10 ** len(fraction) if fraction else 0)
    if not found.group(3):
        size = int(found.group(1))
    if 0 < size < 16 or size > 0x7FFFFFFFFFFFFFFF:
        raise Refused("too small or too large: {words}", words=words[0])
    return ["{} {}".format(size, time)]


_THREE = re.compile(r"\s*([+-]?[0-9]{1,9})(?::\s*([+-]?[0-9]{1,9})(?::\s*([+-]?[0-9]{1,9}))?)?")


def startups(a: Arguments) -> List[str]:
    """Return begin, rate and limit of MaxStartups, or the begin alone.

    Raises:
        Refused: It is neither.
    """
    found = _THREE.match(scalar.one(a))
    if not found or (found.group(2) is not None and found.group(3) is None):
        raise Refused("no start, rate and limit: {words}", words=a.words[0])
    begin, rate, most = (int(g) if g is not None else None for g in found.groups())
    if begin is None or begin <= 0 or (most is not None and most <= 0):
        raise Refused("no start, rate and limit: {words}", words=a.words[0])
    if rate is None or most is None:
        return [str(begin)]
    if begin > most or not 1 <= rate <= 100:
        raise Refused("no start, rate and limit: {words}", words=a.words[0])
    return ["{}:{}:{}".format(begin, rate, most)]


def block(a: Arguments) -> List[str]:
    """Return the lengths of networks of PerSourceNetBlockSize.

    Raises:
        Refused: They are none.
    """
    found = re.match(r"\s*([+-]?[0-9]{1,9})(?::\s*([+-]?[0-9]{1,9}))?", scalar.one(a))
    first, second = (int(g) if g else 0 for g in found.groups()) if found else (-1, 0)
    if not 0 <= first <= 32 or not 0 <= second <= 128:
        raise Refused("no lengths of networks: {words}", words=a.words[0])
    return ["{}:{}".format(first, second)]


def mask(a: Arguments) -> List[str]:
    """Return a mask in octal.

    Raises:
        Refused: It is none.
    """
    found = re.match(r"\s*[+]?(?:0)*([0-7]{1,3})(?![0-7])", scalar.one(a))
    if not found:
        raise Refused("no mask: {words}", words=a.words[0])
    return ["0{:o}".format(int(found.group(1), 8))]
