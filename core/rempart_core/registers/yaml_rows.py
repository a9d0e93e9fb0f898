"""A register in YAML, read as a stream of events: tens of thousands of rows take a second and little memory.

The subset is that of content files: mappings, lists, texts; no anchors, aliases or tags. What a plain scalar is, its
column says: a date stands without quotes.
"""

from collections.abc import Iterator
from typing import Any

from rempart_core.content.yamlfile import explain
from rempart_core.messages.message import Message
from rempart_core.registers.raw import Found, RawRow
from rempart_core.suggestion import quoted

ENTRIES = "entries"
_EVIDENCE = {"file": "evidence", "sha256": "sha256"}
_NULLS = ("", "null", "~")


class _StopError(Exception):
    """The rest of the file makes no sense."""


class YamlRows:
    """The rows of one file; see ``Raw``."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.head: RawRow | None = None
        self.found: list[Found] = []
        self.has_rows = False

    def rows(self) -> Iterator[RawRow]:
        """See Raw.rows."""
        for _, row in self._guarded(ENTRIES):
            yield row

    def mappings(self) -> Iterator[tuple[str, RawRow]]:
        """Give the mappings of a file that holds nothing else, each with the key that it stands under."""
        yield from self._guarded("*")

    def _guarded(self, free: str) -> Iterator[tuple[str, RawRow]]:
        import yaml

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(self._text)
        try:  # as yaml.parse does, which asks twice for each event
            yield from self._document(iter(loader.get_event, None), free)
        except _StopError:
            pass
        except yaml.MarkedYAMLError as error:
            self.found.append(explain(self._text, error))
        except yaml.YAMLError as error:
            self.found.append((1, 1, Message("content.no_yaml", error=" ".join(str(error).split()))))
        finally:
            loader.dispose()

    def _stop(self, event: Any, message: Message) -> None:
        mark = event.start_mark
        self.found.append((mark.line + 1, mark.column + 1, message))
        raise _StopError

    def _document(self, events: Iterator[Any], free: str) -> Iterator[tuple[str, RawRow]]:
        next(events)  # the stream
        event = next(events)
        if type(event).__name__ != "DocumentStartEvent":
            self.found.append((1, 1, Message("content.empty")))
            return
        event = next(events)
        if type(event).__name__ != "MappingStartEvent":
            listed = type(event).__name__ == "SequenceStartEvent"
            found = Message("content.a_list") if listed else Message("content.a_text")
            self._stop(event, Message("content.expected_root", found=found))
        head = _RowReader(event, events, free)
        for name in head.read():
            inner = next(events)
            if name == ENTRIES:
                yield from ((name, row) for row in self._entries(inner, events))
            elif type(inner).__name__ == "MappingStartEvent":
                yield name, _read_row(inner, events)
            else:
                mark = inner.start_mark
                self.found.append((mark.line + 1, mark.column + 1, Message("registers.no_row")))
                _skip(inner, events)
        self.head = head.row()
        next(events)  # the end of the document
        after = next(events)
        if type(after).__name__ == "DocumentStartEvent":
            self._stop(after, Message("content.second_document"))

    def _entries(self, event: Any, events: Iterator[Any]) -> Iterator[RawRow]:
        kind = type(event).__name__
        if kind != "SequenceStartEvent" or event.anchor is not None or event.tag is not None:
            self._stop(event, Message("registers.no_list"))
        self.has_rows = True
        while True:
            event = next(events)
            kind = type(event).__name__
            if kind == "MappingStartEvent":
                yield _read_row(event, events)
            elif kind == "SequenceEndEvent":
                return
            else:
                mark = event.start_mark
                self.found.append((mark.line + 1, mark.column + 1, Message("registers.no_row")))
                if len(self.found) > 20:
                    raise _StopError
                _skip(event, events)


def _read_row(event: Any, events: Iterator[Any]) -> RawRow:
    reader = _RowReader(event, events)
    for _ in reader.read():
        pass
    return reader.row()


def _skip(event: Any, events: Iterator[Any]) -> None:
    """Read past a node, however deep it is."""
    depth = 0
    while True:
        kind = type(event).__name__
        if kind.endswith("StartEvent"):
            depth += 1
        elif kind.endswith("EndEvent"):
            depth -= 1
        if depth == 0:
            return
        event = next(events)


class _RowReader:
    """Reads one mapping."""

    def __init__(self, start: Any, events: Iterator[Any], free: str = "") -> None:
        """Begin a mapping.

        Args:
            start: Its first event.
            events: What follows.
            free: A key whose value somebody else reads; ``*`` for each.
        """
        self._start = start.start_mark
        self._events = events
        self._free = free
        self._marks: dict[str, Any] = {}
        self._values: dict[str, str] = {}
        self._found: list[Found] = []
        if start.anchor is not None or start.tag is not None:
            self._refuse(start)

    def row(self) -> RawRow:
        """Return what was read."""
        return RawRow(self._start.line + 1, self._values, self._place, tuple(self._found))

    def _place(self, name: str) -> tuple[int, int]:
        mark = self._marks.get(name, self._start)
        return mark.line + 1, mark.column + 1

    def _report(self, event: Any, message: Message) -> None:
        self._found.append((event.start_mark.line + 1, event.start_mark.column + 1, message))

    def _refuse(self, event: Any) -> None:
        if type(event).__name__ == "AliasEvent":
            self._report(event, Message("content.alias", name=event.anchor))
        elif event.anchor is not None:
            self._report(event, Message("content.anchor", name=event.anchor))
        else:
            self._report(event, Message("content.tag", tag=quoted(event.tag)))

    def read(self) -> Iterator[str]:
        """Read all, and give the keys that somebody else reads the value of."""
        events, marks, values = self._events, self._marks, self._values
        while True:
            key = next(events)
            kind = type(key).__name__
            if kind == "MappingEndEvent":
                return
            if kind != "ScalarEvent" or key.anchor is not None or key.tag is not None or not key.value:
                self._report(key, Message("content.key_text"))
                _skip(key, events)
                _skip(next(events), events)
                continue
            name = key.value
            if name in marks:
                line = str(marks[name].line + 1)
                self._report(key, Message("content.key_twice", key=quoted(name), line=line))
                _skip(next(events), events)
                continue
            marks[name] = key.start_mark
            if self._free in (name, "*"):
                yield name
                continue
            value = next(events)
            if type(value).__name__ != "ScalarEvent":
                self._nested(name, value)
            elif value.anchor is not None or value.tag is not None:
                self._refuse(value)
            else:
                marks[name] = value.start_mark
                text = value.value.strip()
                if text and (value.style or text not in _NULLS):
                    values[name] = text

    def _nested(self, name: str, event: Any) -> None:
        """Read ``evidence: {file: …, sha256: …}``; nothing else is nested."""
        kind = type(event).__name__
        if kind == "AliasEvent":
            self._refuse(event)
        elif name != "evidence" or kind != "MappingStartEvent":
            self._report(event, Message("registers.nested", key=quoted(name)))
            _skip(event, self._events)
        else:
            inner = _RowReader(event, self._events)
            for _ in inner.read():
                pass
            self._found += inner._found
            for key, mark in inner._marks.items():
                if key not in _EVIDENCE:
                    place = mark.line + 1, mark.column + 1
                    self._found.append((*place, Message("registers.evidence_key", key=quoted(key))))
                    continue
                if key in inner._values:
                    self._values[_EVIDENCE[key]] = inner._values[key]
                self._marks[_EVIDENCE[key]] = mark
