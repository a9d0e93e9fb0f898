"""Lines and words of sshd_config(5), as servconf.c and misc.c take them apart."""

from typing import Iterator, List, NamedTuple, Optional, Tuple

_BLANK = " \t\r\n"


class Line(NamedTuple):
    """One line that is no comment.

    Attributes:
        number: Its number.
        keyword: Its first word, as written.
        rest: What follows, as written; "" where nothing does.
        words: The words of ``rest`` without quotes, up to a comment; None where a quote is not closed.
    """

    number: int
    keyword: str
    rest: str
    words: Optional[List[str]]


def lines(text: str) -> Iterator[Line]:
    """Yield the lines of a file that sshd looks at."""
    for number, line in enumerate(text.split("\n"), 1):
        found = one(line.lstrip(" \t\r"), number)
        if found:
            yield found


def one(line: str, number: int = 0) -> Optional[Line]:
    """Return one line, or None for a comment and for what sshd passes over in silence.

    Args:
        line: As the file has it.
        number: Of the line.
    """
    line = line[:1] + line[1:].rstrip(_BLANK + "\f")
    keyword, rest = _keyword(line)
    if keyword == "" and rest is not None:
        keyword, rest = _keyword(rest)
    if not keyword or keyword[0] == "#":
        return None
    return Line(number, keyword, rest or "", split(rest or ""))


def _keyword(text: str) -> Tuple[Optional[str], Optional[str]]:
    """Return the first word and what is left (strdelim in misc.c); no word where its quote is not closed."""
    at = next((i for i, c in enumerate(text) if c in _BLANK + '"='), -1)
    if at < 0:
        return text, None
    if text[at] == '"':
        end = text.find('"', at + 1)
        if end < 0:
            return None, None
        return text[:at] + text[at + 1 : end], text[end + 1 :].lstrip(_BLANK)
    rest = text[at + 1 :].lstrip(_BLANK)
    if text[at] != "=" and rest[:1] == "=":  # one equals sign between the word and its value
        rest = rest[1:].lstrip(_BLANK)
    return text[:at], rest


def split(text: str) -> Optional[List[str]]:
    """Return the words up to a comment, quotes and escapes resolved (argv_split); None where a quote is not closed."""
    words: List[str] = []
    at = 0
    while at < len(text):
        if text[at] in " \t":
            at += 1
            continue
        if text[at] == "#":
            break
        word: List[str] = []
        quote = ""
        while at < len(text) and (quote or text[at] not in " \t"):
            char = text[at]
            after = text[at + 1 : at + 2]
            if char == "\\" and after and (after in "'\"\\" or (after == " " and not quote)):
                at += 1
                word.append(after)
            elif not quote and char in "\"'":
                quote = char
            elif char == quote:
                quote = ""
            else:
                word.append(char)
            at += 1
        if quote:
            return None
        words.append("".join(word))
    return words


def assemble(words: List[str]) -> str:
    """Return words as one text, quoted as sshd prints them (argv_assemble)."""
    out = []
    for word in words:
        plain = "".join("\\" + c if c in "\\'\"" else c for c in word)
        out.append('"{}"'.format(plain) if " " in word or "\t" in word else plain)
    return " ".join(out)
