"""The server's tables are made by the migration, each of them once, and named as the server's own."""

from rempart_store.schema.server_person import PERSON_TABLES


def test_each_table_is_listed_once_and_is_the_server_s() -> None:
    names = [table.name for table in PERSON_TABLES]
    assert len(names) == len(set(names))
    assert all(name.startswith("server_") for name in names)
