"""Finds secrets in the bytes of a file: private keys, tokens, passwords, hashes.

Each rule has literals of which one stands in every secret of its kind: all of them are looked for at once, and a rule
judges the places beside its own alone; every repetition in its pattern is bounded. Text in UTF-16 that lies among other
bytes is judged as if it were none. What is found never leaves this module: it is named by its rule, its line and a
fingerprint.
"""

import functools
import re
from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple

from rempart_agent.formats import literal_search
from rempart_agent.formats.literal_search import Literal
from rempart_agent.formats.token_rule import Rule
from rempart_agent.formats.token_rules import RULES, is_code

SALT = b"rempart-secret-1"
ROUNDS = 4096
MAX_OF_RULE = 200  # findings of one rule in one part of a file
MAX_HITS = 2000  # findings of all rules in one part
MAX_LOOKS = 200_000  # places of one part of a file that a rule looks at

_WIDE = re.compile(rb"(?:[\t\n\r -~]\0){1,8192}")  # UTF-16 of ASCII, little-endian; or big-endian, one byte on
_WIDE_BEFORE = 256  # characters that are looked at before a literal in UTF-16; no lead is longer
_PRINTED = frozenset((9, 10, 13, *range(32, 127)))


class Finding(NamedTuple):
    """A secret: its rule, its line, and a fingerprint that is the same wherever the same secret stands."""

    rule: str
    line: int
    fingerprint: str


class Hit(NamedTuple):
    """Where a rule found what it looks for, and what it is called."""

    start: int
    end: int
    name: str
    value: bytes


class _Rules(NamedTuple):
    """The rules for one kind of file, and their literals."""

    rules: Tuple[Rule, ...]
    literals: Tuple[Literal, ...]
    owners: Tuple[int, ...]  # of each literal, the number of its rule


def scan(
    data: bytes, path: str, binary: bool = False, first: int = 0, last: Optional[int] = None
) -> Tuple[List[Finding], bool]:
    """Return the secrets in a file, in order of their lines, and whether all of it was looked at.

    Args:
        data: The file's content, or a part of it.
        path: Where it lies, by which some rules know their files.
        binary: Whether it is no text: then only what has a mark of its own is looked for.
        first: Where the first secret may begin: what stands before was judged with the part before.
        last: Where none may begin any more: that is judged with the part that follows.
    """
    known = _rules_for(binary, not binary and is_code(path))
    places, whole = _places_of_rules(known, literal_search.finder(known.literals)(data))
    hits: List[Hit] = []
    for number, rule in enumerate(known.rules):
        if rule.where and not rule.where.match(path):
            continue
        if rule.literals and number not in places:
            continue
        whole = _judge(rule, data, places.get(number), path, hits) and whole
    if b"\0" in data:
        marked = _rules_for(True, False)
        wide, all_wide = _places_of_rules(marked, literal_search.wide_finder(marked.literals)(data))
        whole = _judge_wide(marked, data, wide, path, hits) and all_wide and whole
    found: Dict[Finding, None] = {}
    line, counted = 1, 0
    for hit in sorted(hits):
        if hit.start >= first and (last is None or hit.start < last):
            line += data.count(b"\n", counted, hit.start)
            counted = hit.start
            found[Finding(hit.name, line, fingerprint(hit.name, hit.value))] = None
    return list(found), whole


def fingerprint(rule: str, value: bytes) -> str:
    """Return 12 hexadecimal digits that stand for a secret.

    They are the same on every machine and in every run, so that one decision holds for a secret that was copied. The
    derivation is slow and its result short, so that it is of little help to who would guess a weak one.

    Args:
        rule: The name of the rule that found it.
        value: The secret.
    """
    import hashlib

    value = re.sub(rb"\\n|\s", b"", value)  # a key is the same key within JSON
    return hashlib.pbkdf2_hmac("sha256", rule.encode() + b"\0" + value, SALT, ROUNDS, 6).hex()


@functools.lru_cache(maxsize=4)
def _rules_for(binary: bool, code: bool) -> _Rules:
    rules = tuple(rule for rule in RULES if (rule.binary or not binary) and (rule.code or not code))
    plain = [(Literal(text, rule.exact), number) for number, rule in enumerate(rules) for text in rule.literals]
    return _Rules(rules, tuple(one for one, _ in plain), tuple(number for _, number in plain))


def _places_of_rules(known: _Rules, places: literal_search.Places) -> Tuple[Dict[int, List[int]], bool]:
    """Return where the literals of each rule stand, and whether that is all of them."""
    by_rule: Dict[int, List[int]] = {}
    for number, found in places.items():
        rule = known.owners[number]
        by_rule[rule] = sorted(by_rule[rule] + found) if rule in by_rule else found
    return by_rule, all(len(found) <= literal_search.MOST for found in places.values())


def _judge(rule: Rule, data: bytes, places: Optional[List[int]], path: str, hits: List[Hit]) -> bool:
    """Add what a rule finds at its places, or anywhere; tell whether it looked at all of them."""
    most = min(len(hits) + MAX_OF_RULE, MAX_HITS)
    for count, match in enumerate(rule.pattern.finditer(data) if places is None else _matches(rule, data, places)):
        if count >= MAX_LOOKS or len(hits) >= most:
            return False
        name = rule.judge(match, path)
        if name:
            start, end = match.span(match.lastindex or 0)
            if not any(start < hit.end and hit.start < end for hit in hits):  # else a rule that says more has it
                hits.append(Hit(start, end, name, data[start:end]))
    return True


def _matches(rule: Rule, data: bytes, places: List[int]) -> Iterator["re.Match[bytes]"]:
    """Yield what fits beside the literals of a rule, for each of them what begins first."""
    least, most = rule.lead
    match = rule.pattern.match
    done = -1
    for at in places:
        for begin in range(max(at - most, done, 0), at - least + 1):
            found = match(data, begin)
            if found:
                yield found
                if least:
                    done = found.end()
                break


def _judge_wide(known: _Rules, data: bytes, wide: Dict[int, List[int]], path: str, hits: List[Hit]) -> bool:
    """Add what rules find in UTF-16 among other bytes; tell whether they looked at all of it."""
    whole = True
    for number, places in sorted(wide.items()):
        rule = known.rules[number]
        done = -1
        most = min(len(hits) + MAX_OF_RULE, MAX_HITS)
        for at in places:
            if len(hits) >= most:
                whole = False
                break
            if at < done:
                continue
            begin = _wide_begin(data, at)
            run = _WIDE.match(data, begin)
            text = run.group()[::2] if run else b""
            if len(text) < 8 or (rule.where and not rule.where.match(path)):
                continue
            done = begin + 2 * len(text)
            of_run = [(place - begin) // 2 for place in places if begin <= place < done and not (place - begin) % 2]
            found: List[Hit] = []
            whole = _judge(rule, text, of_run, path, found) and whole
            for hit in found:
                start, end = begin + 2 * hit.start, begin + 2 * hit.end
                if not any(start < other.end and other.start < end for other in hits):
                    hits.append(Hit(start, end, hit.name, hit.value))
    return whole


def _wide_begin(data: bytes, at: int) -> int:
    """Return where a run of UTF-16 begins that holds ``at``."""
    least = max(at - 2 * _WIDE_BEFORE, 0)
    while at - 2 >= least and data[at - 1] == 0 and data[at - 2] in _PRINTED:
        at -= 2
    return at
