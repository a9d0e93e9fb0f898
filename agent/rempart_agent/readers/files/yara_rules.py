"""Compiles YARA rules and scans with them, by the library of yara-python where it is installed, in a child process.

Source: YARA's documentation ("Using YARA from Python"). Files, processes and rules are anybody's, and the library is
not ours: it may crash without us.
"""

from typing import Any, Dict, List, NamedTuple, Optional, Tuple, Union

from rempart_agent.source.contract import INTEGER, TEXT, Column, Denied, Missing, Query, Unfit, reason

HOME = "/etc/osquery/yara/"
"""Where a file of rules is that is not named from the root on, as in osquery."""

SECONDS = 600.0
_MOST = 32 * 1024 * 1024

COLUMNS = (
    Column("matches", TEXT),
    Column("count", INTEGER),
    Column("sig_group", TEXT, argument=True),
    Column("sigfile", TEXT, argument=True),
    Column("sigrule", TEXT, argument=True, hidden=True),
    Column("strings", TEXT),
    Column("tags", TEXT),
    Column("sigurl", TEXT, argument=True, hidden=True),
    Column("pid_with_namespace", INTEGER, hidden=True),
)
"""What the tables have beside the column that names a subject."""

Found = Dict[str, Union[str, int]]


class Rules(NamedTuple):
    """Rules that a statement names.

    Attributes:
        column: ``sigfile`` or ``sigrule``.
        named: As the statement has them.
    """

    column: str
    named: str


def asked(query: Query) -> List[Rules]:
    """Return the rules that a statement names.

    Args:
        query: The statement.

    Raises:
        Unfit: it names none, or some that stand in osquery's configuration.
    """
    for column in ("sig_group", "sigurl"):
        if query.equal(column) is not None:
            raise Unfit("yara: {column} is of osquery's configuration; name sigfile or sigrule", column=column)
    found = [Rules(column, one) for column in ("sigfile", "sigrule") for one in query.equal(column) or ()]
    if not found:
        raise Unfit("yara: name the rules by sigfile or sigrule")
    return found


def scan(subjects: List[Tuple[str, Union[str, int]]], rules: List[Rules]) -> List[List[Found]]:
    """Scan in a child process; for each subject what each of the rules found, subjects that are not there left empty.

    Args:
        subjects: ``("filepath", PATH)`` or ``("pid", NUMBER)`` each.
        rules: The rules.

    Raises:
        Missing: yara-python is not installed.
        Unfit: rules can't be compiled.
        Denied: a subject may not be read.
        SourceError: the library crashes, or takes too long.
    """
    from rempart_agent.readers.files import forked

    return forked.ask("YARA", lambda: scan_here(subjects, rules), SECONDS)


def scan_here(subjects: List[Tuple[str, Union[str, int]]], rules: List[Rules]) -> List[List[Found]]:
    """Scan in this process; see ``scan``.

    Args:
        subjects: What is scanned.
        rules: The rules.
    """
    import importlib

    try:
        library: Any = importlib.import_module("yara")
    except ImportError as error:
        raise Missing("yara-python is not installed, which scans with YARA") from error
    compiled = [_compiled(library, one) for one in rules]
    told = []
    for kind, subject in subjects:
        found: List[Found] = []
        for named, one in zip(rules, compiled):
            try:
                found.append(_row(named, one.match(fast=True, **{kind: subject})))
            except library.Error as error:
                if kind == "pid":
                    raise Denied("process {pid}: may not be read", pid=subject) from error
                data = _read(str(subject))
                if data is not None:  # what the kernel makes up, which can't be mapped
                    found.append(_row(named, one.match(fast=True, data=data)))
        told.append(found)
    return told


def _read(path: str) -> Optional[bytes]:
    """Return the content of a file; None where it has gone since."""
    try:
        with open(path, "rb") as file:
            data = file.read(_MOST + 1)
    except FileNotFoundError:
        return None
    except PermissionError as error:
        raise Denied("{path}: may not be read", path=path) from error
    except OSError as error:
        raise Unfit("{path}: {why}", path=path, why=reason(error)) from error
    if len(data) > _MOST:
        raise Unfit("{path}: too large to be read", path=path)
    return data


def _compiled(library: Any, rules: Rules) -> Any:
    try:
        if rules.column == "sigrule":
            return library.compile(source=rules.named)
        return library.compile(filepath=rules.named if rules.named.startswith("/") else HOME + rules.named)
    except library.Error as error:
        raise Unfit("YARA: {error}", error=error) from error


def _row(rules: Rules, matches: List[Any]) -> Found:
    # where strings are says what a file holds to whoever writes rules into a statement: osquery keeps that back, too
    told = matches if rules.column == "sigfile" else ()
    strings = [
        "{}:{:x}".format(string.identifier, instance.offset)
        for match in told
        for string in match.strings
        for instance in string.instances
    ]
    return {
        "matches": ",".join(match.rule for match in matches),
        "count": len(matches),
        "strings": ",".join(strings),
        "tags": ",".join(tag for match in matches for tag in match.tags),
    }
