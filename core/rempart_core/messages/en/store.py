"""Texts of the area store."""

TEXTS = {
    "store.busy": "another run is being saved; try again when it is done",
    "store.failed": "the store {place}: {error}",
    "store.folder": "--store {path}: this is a directory",
    "store.foreign": "{place} is not a database of Rempart",
    "store.future": "--at {time}: this is in the future",
    "store.make": "cannot create the store {path}: {error}",
    "store.newer": "the store {place} was written by a newer version of Rempart (layout {version})",
    "store.no_host": "the store contains no host whose name or group matches {patterns}{hint}",
    "store.no_run": "the store contains no run {number}",
    "store.none": "there is no store at {place}; `rempart audit --store` creates one",
    "store.nothing_signed": "nothing to export: no run is signed (rempart audit --sign)",
    "store.older": "the store {place} is from an older version; the next `rempart audit --store` upgrades it",
    "store.password": (
        "--store contains a password, and every user of this machine can read command lines: remove it, and set "
        "PGPASSWORD or ~/.pgpass, or put the whole URL in REMPART_STORE (not for scheduled audits)"
    ),
    "store.place": "--store {place}: give a file, or the URL of a PostgreSQL server (postgresql://…)",
    "store.psycopg": "PostgreSQL needs psycopg: pip install 'rempart[postgresql]'",
    "store.too_few": "nothing to compare: the store contains fewer than two runs",
    "store.unknown_host": "the store contains no host {name}{hint}",
    "store.unknown_name": 'the store contains no host and no check "{name}"{hint}',
    "store.url": "--store {place}: not the URL of a PostgreSQL server",
}
