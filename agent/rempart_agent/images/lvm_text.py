"""The text in which LVM2 keeps its metadata: sections, and keys with numbers, strings or lists of them.

Grammar: lib/config of LVM2 (``libdm/libdm-config.c``). A text that ends within a section, or names a key twice, is
refused: half of a volume group is none.
"""

import re

from rempart_agent.source.contract import Malformed

Value = int | float | str | list[int | str]
Section = dict[str, "Value | Section"]

_TOKEN = re.compile(r'[ \t\r\n]+|#[^\n]*|(?P<token>"(?:[^"\\\n]|\\.)*"|[{}=\[\],]|[^\s{}=\[\],"#]+)')
_DEEPEST = 16


def parse(text: str, name: str) -> Section:
    """Return the sections of a text.

    Args:
        text: Without the NUL that ends it on the disk.
        name: Whose text it is, for the error.

    Raises:
        Malformed: it does not follow the grammar.
    """
    return _Reader(text, name).read()


def section(parent: Section, key: str) -> Section:
    """Return a section within another one.

    Args:
        parent: The section around it.
        key: Its name.

    Returns:
        The section; an empty one where there is none.
    """
    found = parent.get(key, {})
    return found if isinstance(found, dict) else {}


class _Reader:
    def __init__(self, text: str, name: str) -> None:
        self._name = name
        self._tokens: list[str] = []
        place = 0
        while place < len(text):
            found = _TOKEN.match(text, place)
            if found is None:
                raise self._wrong(text[place : place + 1])
            if found["token"]:
                self._tokens.append(found["token"])
            place = found.end()
        self._tokens.reverse()

    def read(self) -> Section:
        """Return what stands outside of all sections."""
        return self._section(0)

    def _section(self, depth: int) -> Section:
        found: Section = {}
        if depth > _DEEPEST:
            raise Malformed("{name}: sections of the LVM metadata are nested too deep", name=self._name)
        while self._tokens:
            key = self._tokens.pop()
            if key == "}" and depth:
                return found
            if key in "{}=[],":
                raise self._wrong(key)
            key = _plain(key)
            if key in found:
                raise Malformed("{name}: the LVM metadata name {key} twice", name=self._name, key=f"{key!r:.80}")
            follows = self._next()
            if follows == "{":
                found[key] = self._section(depth + 1)
            elif follows == "=":
                found[key] = self._value()
            else:
                raise self._wrong(follows)
        if depth:
            raise Malformed("{name}: the LVM metadata end within a section", name=self._name)
        return found

    def _value(self) -> Value:
        token = self._next()
        if token != "[":  # noqa: S105 - no secret
            return self._single(token)
        found: list[int | str] = []
        while (token := self._next()) != "]":
            if token == ",":  # noqa: S105 - the same
                continue
            single = self._single(token)
            if isinstance(single, float):
                raise self._wrong(token)
            found.append(single)
        return found

    def _single(self, token: str) -> int | float | str:
        if token[0] == '"':
            return _plain(token)
        for kind in (int, float):
            try:
                return kind(token)
            except ValueError:
                pass
        raise self._wrong(token)

    def _next(self) -> str:
        if not self._tokens:
            raise Malformed("{name}: the LVM metadata end too early", name=self._name)
        return self._tokens.pop()

    def _wrong(self, token: str) -> Malformed:
        return Malformed("{name}: {token} has no meaning in the LVM metadata", name=self._name, token=f"{token!r:.80}")


def _plain(token: str) -> str:
    return re.sub(r"\\(.)", r"\1", token[1:-1]) if token[0] == '"' else token
