"""What travels to an endpoint: the text of the collector, and of the modules that tables are made of.

The same tables give the same bytes on every machine. A module travels when a table that needs it is first read: what
it imports is found in its text, imports within functions too.
"""

import functools
import os
import re
import zlib
from collections.abc import Iterable

from rempart_agent import tables

_ROOT = os.path.dirname(os.path.dirname(os.path.abspath(tables.__file__)))
_PACKAGE = "rempart_agent"
_IMPORT = rf"(?m)^\s*(?:from|import)\s+({_PACKAGE}\.[\w.]+)(?:\s+import\s+(\([^)]*\)|[^\n]*))?"  # too much does no harm
_ALWAYS = ("rempart_agent.tables.read", "rempart_agent.source.contract", "rempart_agent.targets.live")
MAGIC = b"rempart-collector\n"
"""What the endpoint's Python prints before anything else: what stands before it is the noise of a login."""


@functools.cache
def text_of(module: str) -> str:
    """Return the text of one of our modules; ``""`` where there is none of that name."""
    path = os.path.join(_ROOT, *module.split(".")[1:])
    for name in (path + ".py", os.path.join(path, "__init__.py")):
        if os.path.isfile(name):
            with open(name, encoding="utf-8") as file:
                return file.read()
    return ""


@functools.cache
def _imports(module: str) -> frozenset[str]:
    """Return the modules of ours that one names in its imports."""
    found = set()
    for match in re.finditer(_IMPORT, text_of(module)):
        package, names = match.groups()
        found |= {package, *(f"{package}.{name}" for name in re.findall(r"\w+", names or ""))}
    return frozenset(name for name in found if text_of(name))


@functools.cache
def needs(table: str) -> frozenset[str]:
    """Return the names of all modules that reading a table needs."""
    todo = [*_ALWAYS, f"{_PACKAGE}.tables.linux.{table}"]
    found: set[str] = set()
    while todo:
        name = todo.pop()
        if name not in found and text_of(name):
            found.add(name)
            todo += _imports(name)
    return frozenset(found)


def modules_for(wanted: Iterable[str], sent: set[str]) -> dict[str, str]:
    """Return name and text of the modules that reading some tables needs beyond those sent; they count as sent then.

    Args:
        wanted: Names of tables.
        sent: Names of the modules that the endpoint has; those that are returned are added.
    """
    new = sorted({name for table in wanted for name in needs(table)} - sent)
    sent.update(new)
    return {name: text_of(name) for name in new}


@functools.cache
def first_stage() -> bytes:
    """Return the collector itself, packed by zlib."""
    return zlib.compress(text_of(f"{_PACKAGE}.collector.main").encode(), 9)


def command() -> str:
    """Return the Python that reads the first stage from standard input and becomes the collector.

    It holds no quote, blank line or exclamation mark that a shell could take for its own, once it stands in quotes.
    """
    size = len(first_stage())
    loop = f"d=bytes()\\nwhile len(d)<{size}:\\n b=os.read(0,{size}-len(d))\\n if not b:os._exit(3)\\n d+=b"
    return f'import os,zlib;os.write(1,b"{MAGIC.decode().strip()}\\n");exec("{loop}\\nexec(zlib.decompress(d))")'
