"""The names of the hosts that a store knows, for a shell that completes them: read without SQLAlchemy, in a blink."""

from contextlib import closing

from rempart_store.location import is_postgresql


def read_names(place: str) -> list[str]:
    """Return the hosts that are there, in order; none where the store is a server, is not there or can't be read."""
    import sqlite3
    from urllib.parse import quote

    if is_postgresql(place):
        return []
    try:
        with closing(sqlite3.connect(f"file:{quote(place)}?mode=ro", uri=True, timeout=0.2)) as connection:
            query = "SELECT DISTINCT name FROM endpoint WHERE retired IS NULL ORDER BY name"
            return [str(name) for (name,) in connection.execute(query)]
    except sqlite3.Error:
        return []
