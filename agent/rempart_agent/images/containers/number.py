"""Numbers in the headers of tar: octal text, or base 256 where they are larger; the octal text of POSIX, GNU's rest."""

from rempart_agent.source.contract import Malformed, SourceError

BLOCK = 512
LARGEST = (1 << 63) - 1


def padded(size: int) -> int:
    """Return how many bytes of whole blocks a size takes."""
    return (size + BLOCK - 1) // BLOCK * BLOCK


def number(field: bytes, what: str) -> int:
    """Return the number that a field of a header holds; an empty field is 0.

    Args:
        field: Its bytes.
        what: What it is, for the error's text.

    Raises:
        Malformed: It is no number, or one that no 64 bits hold.
    """
    if field[0] & 0x80:  # base 256, two's complement; the first bit only says so
        value = int.from_bytes(field, "big", signed=False) & ((1 << (8 * len(field) - 1)) - 1)
        if field[0] & 0x40:
            value -= 1 << (8 * len(field) - 1)
        if not -LARGEST <= value <= LARGEST:
            raise Malformed("a header of its tar has a {what} beyond 64 bits", what=SourceError(what))
        return value
    text = field.strip(b" \0").split(b"\0", 1)[0]
    if text.strip(b"01234567"):
        raise Malformed("a header of its tar has a {what} that is no number", what=SourceError(what))
    return int(text, 8) if text else 0


def decimal(text: bytes, what: str) -> int:
    """Return a number that is written in decimal digits and nothing else.

    Args:
        text: The digits.
        what: What it is, for the error's text.

    Raises:
        Malformed: It is anything else, or beyond 64 bits.
    """
    if not text.isdigit() or len(text) > 19 or int(text) > LARGEST:
        raise Malformed("its tar has a {what} that is no number", what=SourceError(what))
    return int(text)
