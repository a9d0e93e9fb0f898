"""Bytes as drivers take and give them: SQLite's and PostgreSQL's need no object of their own for each value."""

from typing import Any

from sqlalchemy import Dialect, LargeBinary


class Blob(LargeBinary):
    """The bytes of a column of which a request writes many rows."""

    def bind_processor(self, dialect: Dialect) -> Any:
        """See TypeEngine.bind_processor: bytes go as they are."""
        return None

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        """See TypeEngine.result_processor: they come so."""
        return None
