"""Table rempart_web_config: the directives of nginx and Apache, with includes followed.

One row for each directive of the configuration that the server starts from at its usual places, in the order in which
the server reads them. ``block`` tells which directives stand in one block (a ``server``, a ``<VirtualHost>``),
``parent`` the block around it, ``context`` the blocks around it in words (``http > server``). Conditions are taken to
hold. A server that was started on another file (``nginx -c``) is not seen; a machine without one has no rows.
"""

from typing import Iterator

from rempart_agent.readers.files import web_config
from rempart_agent.source.contract import INTEGER, TEXT, Column, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("server", TEXT),
    Column("source", TEXT),
    Column("line", INTEGER),
    Column("block", INTEGER),
    Column("parent", INTEGER),
    Column("context", TEXT),
    Column("directive", TEXT),
    Column("arguments", TEXT),
)
STARTS = (
    ("nginx", "/etc/nginx/nginx.conf", "/etc/nginx"),
    ("nginx", "/usr/local/nginx/conf/nginx.conf", "/usr/local/nginx/conf"),
    ("nginx", "/usr/local/openresty/nginx/conf/nginx.conf", "/usr/local/openresty/nginx/conf"),
    ("nginx", "/usr/local/etc/nginx/nginx.conf", "/usr/local/etc/nginx"),
    ("nginx", "/opt/nginx/conf/nginx.conf", "/opt/nginx/conf"),
    ("apache", "/etc/apache2/apache2.conf", "/etc/apache2"),
    ("apache", "/etc/apache2/httpd.conf", "/etc/apache2"),
    ("apache", "/etc/httpd/conf/httpd.conf", "/etc/httpd"),
    ("apache", "/usr/local/apache2/conf/httpd.conf", "/usr/local/apache2"),
    ("apache", "/opt/apache2/conf/httpd.conf", "/opt/apache2"),
)
"""Server, the file that it starts from, and the folder to which relative names belong."""


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each directive."""
    for server, start, root in STARTS:
        if not target.exists(start):
            continue
        for found in web_config.Reader(target, root, server == "apache").read(start):
            yield {
                "server": server,
                "source": found.source,
                "line": found.line,
                "block": found.block.number,
                "parent": found.block.parent,
                "context": " > ".join(found.block.context),
                "directive": found.name,
                "arguments": " ".join(found.arguments),
            }
