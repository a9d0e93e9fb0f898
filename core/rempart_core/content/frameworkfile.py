"""The framework file: reads ``frameworks/<id>.yaml`` of directories of checks.

Read by lint, for the coverage of a framework and for reports that name requirements, never on the way of a plain run.
All mistakes of all files are reported at once, each with file, line and column.
"""

from collections.abc import Sequence

from rempart_core.content.folder import find_all_named
from rempart_core.content.reader import Reader
from rempart_core.content.scalar import resolve
from rempart_core.content.yamlfile import Node, read
from rempart_core.error import ContentError, Mistake
from rempart_core.messages.message import Message
from rempart_core.model.framework import KINDS, ORGANISATION, Framework, Requirement
from rempart_core.suggestion import quoted, suggestion_of

_KEYS = ("name", "version", "source", "scope", "requirements")
_NAME = "[a-z][a-z0-9]*([.-][a-z0-9]+)*"
_ADVICE = Message("content.framework_name")


def list_frameworks(directories: Sequence[str]) -> list[str]:
    """Return the ids of the frameworks of some directories; the files are not read."""
    return [name for name in find_all_named(directories, "frameworks", _NAME, _ADVICE, []) if name != ORGANISATION]


def read_frameworks(directories: Sequence[str]) -> dict[str, Framework]:
    """Read every framework of some directories, each laid out like ``checks/``, by id.

    Among them is :data:`ORGANISATION`, which holds the organisational controls that the others name.

    Raises:
        ContentError: With all mistakes of all files.
    """
    mistakes: list[Mistake] = []
    frameworks: dict[str, Framework] = {}
    places: list[tuple[Reader, Node, str]] = []
    readers: list[Reader] = []
    for id_, file in find_all_named(directories, "frameworks", _NAME, _ADVICE, mistakes).items():
        document = read(file)
        reader = Reader(document)
        readers.append(reader)
        frameworks[id_] = _read(reader, document.root, id_, places)
    ours = frameworks[ORGANISATION].requirements if ORGANISATION in frameworks else {}
    for reader, node, control in places:
        if control not in ours:
            hint = suggestion_of(control, ours)
            reader.report(node, Message("content.no_control", id=quoted(control), hint=hint), what="organisation")
    mistakes += [mistake for reader in readers for mistake in reader.mistakes]
    if mistakes:
        raise ContentError(mistakes)
    return frameworks


def _read(reader: Reader, root: Node, id_: str, places: list[tuple[Reader, Node, str]]) -> Framework:
    fields = reader.fields(root, _KEYS, _KEYS)
    requirements: dict[str, Requirement] = {}
    for key, node in reader.entries(fields.get("requirements"), "requirements"):
        if resolve(key).kind != "text":
            ambiguous = Message("content.ambiguous", value=key.text, text=key.text)
            reader.report(key, ambiguous, what="requirements")
        what = f"requirements.{key.text}"
        own = reader.fields(node, ("title", "kind", "organisation"), ("title", "kind"), what)
        controls = own.get("organisation")
        named = reader.texts(controls, f"{what}.organisation", least=1)
        items = reader.items(controls, what) if named else ()
        places += [(reader, item, name) for item, name in zip(items, named, strict=False) if name]
        requirements[key.text] = Requirement(
            key.text,
            reader.translation(own.get("title"), f"{what}.title", reader.line),
            reader.choice(own.get("kind"), f"{what}.kind", KINDS, KINDS[0]),
            named,
        )
    return Framework(
        id_,
        reader.translation(fields.get("name"), "name", reader.line),
        reader.line(fields.get("version"), "version"),
        reader.line(fields.get("source"), "source"),
        reader.translation(fields.get("scope"), "scope", reader.line),
        requirements,
    )
