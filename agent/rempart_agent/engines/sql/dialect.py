"""The SQL that checks may use: what SQLite 3.42 has, the release inside osquery, and nothing that writes.

The SQLite in use here is newer. What it took on since 3.42 is refused with the words that an older one would use, so
that a check which passes here is no surprise on a real osquery.
"""

import functools
import re

FUNCTIONS = frozenset(
    """
    abs changes char coalesce format glob hex ifnull iif instr last_insert_rowid length like likelihood likely lower
    ltrim match max min nullif printf quote random randomblob replace round rtrim sign soundex sqlite_compileoption_get
    sqlite_compileoption_used sqlite_source_id sqlite_version substr substring total_changes trim typeof unhex unicode
    unlikely upper zeroblob
    avg count group_concat sum total
    date time datetime julianday unixepoch strftime current_date current_time current_timestamp
    row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value
    json json_array json_array_length json_error_position json_extract json_insert json_object json_patch json_quote
    json_remove json_replace json_set json_type json_valid json_group_array json_group_object -> ->>
    """.split()
)
"""Functions of SQLite 3.42; osquery's own come from :mod:`rempart_agent.engines.sql.function`."""

FICKLE = frozenset(
    """
    changes find_file_path_in_cmd last_insert_rowid random randomblob sleep total_changes
    rowid oid _rowid_ _key
    """.split()
)
"""What may come out otherwise each time although the rows of all tables are the same; for time see ``clock``."""

TABLE_FUNCTIONS = frozenset({"json_each", "json_tree"})

PRAGMAS = frozenset({"table_info", "table_xinfo", "function_list", "collation_list"})

_TOKEN = r"""(?xs)
    (?P<skip> \s+ | --[^\n]* | /\*.*?(?:\*/|$) )
    | (?P<text> '(?:[^']|'')*' | "(?:[^"]|"")*" | `[^`]*` | \[[^\]]*\] )
    | (?P<number> 0[xX][0-9a-fA-F_]+ | (?:\d[\d_]*)(?:\.[\d_]*)?(?:[eE][-+]?[\d_]+)? | \.\d[\d_]*(?:[eE][-+]?[\d_]+)? )
    | (?P<name> [A-Za-z_\x80-\U0010ffff$][\w$]* )
    | (?P<other> . )
    """  # compiled when a statement is suspect: most runs have none
_MADE_LIST = re.compile(r"(?i)(?<!not )\bin\b\s*(?:\(\s*(?!values\b)[a-z]|[a-z_\"`\[])")
_PARTED_NUMBER = re.compile(r"\d_\d")
# Words before an opening parenthesis that are no function's name.
_NO_CALL = frozenset(
    """
    all and as between by case collate distinct else except exists filter from glob group having in intersect is join
    like limit materialized not offset on or order over partition select then union using values when where with
    """.split()
)


def tokens(sql: str) -> list[tuple[str, str]]:
    """Return the kinds (``text``, ``number``, ``name``, ``other``) and texts of a statement's tokens, in order."""
    return [(str(m.lastgroup), m.group()) for m in re.finditer(_TOKEN, sql) if m.lastgroup != "skip"]


def without_comments(sql: str) -> str:
    """Return a statement with a blank for each stretch of blanks and comments."""
    return re.sub(_TOKEN, lambda match: " " if match.lastgroup == "skip" else match.group(), sql)


@functools.lru_cache(maxsize=1024)
def is_steady(sql: str) -> bool:
    """Tell whether a statement's answer follows from the rows that it reads and the time alone."""
    return FICKLE.isdisjoint(text.strip("\"'`[]").lower() for _, text in tokens(sql))


@functools.lru_cache(maxsize=1024)
def may_list_nothing(sql: str) -> bool:
    """Tell whether a list for IN may come out empty, since rows make it and no values: APSW crashes on such a list."""
    return "/*" in sql or "--" in sql or _MADE_LIST.search(sql) is not None


@functools.lru_cache(maxsize=1024)  # who asks many endpoints asks them all the same
def newer_syntax(sql: str) -> str:
    """Return SQLite 3.42's complaint about syntax that only newer releases read, or ``""``."""
    if not _PARTED_NUMBER.search(sql) and not _orders_in_call(sql.lower()):
        return ""  # most statements: taking one apart costs more than answering it
    calls: list[bool] = []
    previous = ""
    words = tokens(sql)
    for place, (kind, token) in enumerate(words):
        if kind == "number" and "_" in token:
            return f'unrecognized token: "{token}"'
        word = token.lower()
        if token == "(":
            calls.append(bool(previous) and previous not in _NO_CALL)
        elif token == ")":
            del calls[-1:]
        elif word == "order" and kind == "name" and calls and calls[-1] and _after_argument(words, place):
            return f'near "{token}": syntax error'
        previous = word if kind == "name" else ""
    return ""


def _orders_in_call(sql: str) -> bool:
    """Tell whether some ``order`` may stand straight in a call's parentheses; strings and comments may mislead it."""
    place = sql.find("order")
    while place >= 0:
        end, depth = place, 0
        while True:
            opening, closing = sql.rfind("(", 0, end), sql.rfind(")", 0, end)
            if closing > opening:
                end, depth = closing, depth + 1
            elif opening >= 0 and depth:
                end, depth = opening, depth - 1
            else:
                break
        if opening >= 0 and "select" not in sql[opening:place]:
            words = sql[:opening].split()
            if words and words[-1] not in _NO_CALL:
                return True
        place = sql.find("order", place + 5)
    return False


def _after_argument(words: list[tuple[str, str]], place: int) -> bool:
    """Tell whether ``ORDER`` at ``place`` stands straight in a call's parentheses, not in a subquery there."""
    depth = 0
    for kind, token in reversed(words[:place]):
        if token == ")":
            depth += 1
        elif token == "(":
            if not depth:
                return True
            depth -= 1
        elif kind == "name" and not depth and token.lower() == "select":
            return False
    return False
