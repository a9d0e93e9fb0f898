"""What the pages of checks say besides counts: texts of a check, and each variant of what was asked.

Who writes a host's page links to the variant that was asked there by its digest, which follows from the result alone;
a page holds so many variants, and hosts with others hold their own.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b
from typing import NamedTuple

from rempart_core.model.check import Step
from rempart_core.model.result import Result, Run
from rempart_reports.formats.html.finding import Fragment
from rempart_reports.writing.filename import FileNames

VARIANTS = 20  # of a check's statements that its page holds; hosts with others hold their own
_DIGEST = 8  # bytes
_PLAIN = re.compile(r"[A-Z0-9-]{1,60}")


class Asked(NamedTuple):
    """What a host's page, and whoever joins, knows of one result.

    Attributes:
        link: Where a page in another folder finds what was asked; ``""`` where the host's page must tell all of it.
        digest: Of the variant; ``""`` where nothing was asked.
        systems: The systems whose steps the result tells.
    """

    link: str
    digest: str
    systems: str


class Variant:
    """A check as it was asked on some hosts.

    Attributes:
        number: Counts from 1.
        hosts: How many hosts.
        parameters: The lines that tell those in force; ``""`` for none.
        statements: As they were sent, by name.
    """

    __slots__ = ("hosts", "number", "parameters", "statements")

    def __init__(self, number: int, parameters: str, statements: Sequence[tuple[str, str]]) -> None:
        self.number, self.hosts = number, 0
        self.parameters, self.statements = parameters, statements


class KnownCheck(NamedTuple):
    """What is known of a check besides its numbers.

    Attributes:
        result: The first one, without what was found.
        page: Its file's name, without the ending.
        variants: What was asked in the same way on some hosts, by digest.
        steps: What a person does about it, by system: a result tells those of its host's alone.
        seen: The systems of results that were looked at, as ``Asked.systems``.
    """

    result: Result
    page: str
    variants: dict[str, Variant]
    steps: dict[str, tuple[Step, ...]]
    seen: set[str]


class KnownChecks:
    """What is known of checks while runs pass by.

    Args:
        writer: Writes parameters.
    """

    def __init__(self, writer: Fragment) -> None:
        self._writer = writer
        self._checks: dict[str, KnownCheck] = {}
        self._chosen: dict[str, dict[str, int]] = {}  # numbers of the variants that pages hold, by check
        self._read: Callable[[int], Run] | None = None
        self._open = False  # whether it is not chosen yet which ones they hold

    def part(self, read: Callable[[int], Run]) -> None:
        """See contract.DirectoryReport.part."""
        self._read, self._open = read, True

    def ask(self, result: Result) -> Asked:
        """Return what a host's page says of what was asked; of runs that come in order, pages hold the first ones."""
        page = f"../checks/{_name_page(result.check)}.html"
        systems = " ".join(system for system, _ in result.remediation.steps)
        if not result.sql:
            return Asked(page, "", systems)
        digest = _digest(result)
        if not (self._open or self._choose(result.check, digest)):
            return Asked("", digest, systems)
        return Asked(f"{page}#sql-{digest}", digest, systems)

    def _choose(self, check: str, digest: str) -> bool:
        """Tell whether a check's page holds a variant."""
        chosen = self._chosen.setdefault(check, {})
        if digest not in chosen and len(chosen) < VARIANTS and self._read is None:
            chosen[digest] = len(chosen) + 1
        return digest in chosen

    def choose(self, hosts: Iterable[tuple[int, Iterable[tuple[str, str]]]]) -> list[int]:
        """Choose the variants that pages hold, the first ones; return the places of hosts that need another one.

        Args:
            hosts: Of each host in order its place, and checks with their variants' digests.
        """
        others = set()
        for place, rows in hosts:
            for check, digest in rows:
                chosen = self._chosen.setdefault(check, {})
                if not digest or digest in chosen:
                    continue
                if len(chosen) < VARIANTS:
                    chosen[digest] = len(chosen) + 1
                else:
                    others.add(place)
        self._open = False
        return sorted(others)

    def count(self, place: int, rows: Sequence[tuple[str, str, str]], run: Run) -> None:
        """Count the variants of a host, and learn what is not known yet.

        Args:
            place: Of the host.
            rows: Of each result the check, the digest of its variant, and the systems of its steps.
            run: Its run, or the outline where fragments are written by other processes.
        """
        if not all(self._knows(*row) for row in rows):
            for result in (self._read(place) if self._read is not None else run).results:
                self._learn(result)
        for check, digest, _ in rows:
            variant = self._checks[check].variants.get(digest) if check in self._checks else None
            if variant is not None:
                variant.hosts += 1

    def _knows(self, check: str, digest: str, systems: str) -> bool:
        known = self._checks.get(check)
        if known is None or systems not in known.seen:
            return False
        return digest in known.variants or digest not in self._chosen.get(check, {})

    def _learn(self, result: Result) -> None:
        known = self._checks.get(result.check)
        if known is None:
            bare = result._replace(evidence=None, witness=None, waiver=None, expired_waivers=(), parameters={}, sql={})
            known = self._checks[result.check] = KnownCheck(bare, _name_page(result.check), {}, {}, set())
        known.seen.add(" ".join(system for system, _ in result.remediation.steps))
        for system, steps in result.remediation.steps:
            known.steps.setdefault(system, steps)
        digest = _digest(result) if result.sql else ""
        number = self._chosen.get(result.check, {}).get(digest)
        if number is not None and digest not in known.variants:
            known.variants[digest] = Variant(number, self._writer.parameters(result), tuple(result.sql.items()))

    def of(self, check: str) -> KnownCheck:
        """Return what is known of a check that was counted."""
        return self._checks[check]


def _digest(result: Result) -> str:
    """Return what tells statements as they were sent, with the parameters in force, from others."""
    asked = (tuple(result.sql.items()), result.parameters)
    return blake2b(repr(asked).encode(errors="surrogatepass"), digest_size=_DIGEST).hexdigest()


def _name_page(check: str) -> str:
    """Return the file name of a check's page, without its ending: any process gives it the same, and no two share one.

    Ids of ours are plain and in capitals; any other gets a digest, since names that differ in case alone share a file
    on macOS and Windows.
    """
    if _PLAIN.fullmatch(check):
        return FileNames().claim(check)
    digest = blake2b(check.encode(errors="surrogatepass"), digest_size=_DIGEST).hexdigest()
    return FileNames().claim(f"{re.sub(r'[^A-Za-z0-9._-]+', '_', check)[:60].strip('._-') or 'check'}-{digest}")
