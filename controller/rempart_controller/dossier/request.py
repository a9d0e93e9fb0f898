"""What a report is asked for with."""

from typing import NamedTuple


class ReportRequest(NamedTuple):
    """A report on a store is asked for.

    Attributes:
        store: Where the store is.
        registers: The folder of registers; ``""`` for none.
        frameworks: Ids of those that are reported.
        since: The date to compare with; None for none.
        at: The date of the report; None for the last run.
        files: Format to file.
        folders: Format to folder.
        sql: Whether the statements are wanted.
        sample: How many hosts are drawn; 0 for no sample.
        propose: CISO Assistant only: whether a requirement with a gap is proposed as not fulfilled.
        language: ``en`` or ``fr``.
    """

    store: str
    registers: str = ""
    frameworks: tuple[str, ...] = ()
    since: str | None = None
    at: str | None = None
    files: dict[str, str] = {}  # noqa: RUF012 - a default that is never written to
    folders: dict[str, str] = {}  # noqa: RUF012 - the same
    sql: bool = False
    sample: int = 0
    propose: bool = False
    language: str = "en"
