"""Table rempart_web_config: what nginx and Apache go by, includes followed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.readers.files import web_config
from rempart_agent.source.contract import Denied, Malformed, Query
from rempart_agent.tables.linux import rempart_web_config
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
Deny = Callable[[RootTarget, str], None]
NGINX, APACHE = "/etc/nginx/nginx.conf", "/etc/apache2/apache2.conf"


def _rows(target: RootTarget) -> list[dict[str, Any]]:
    return [dict(row) for row in rempart_web_config.rows(target, Query())]


def _brief(target: RootTarget, *names: str) -> list[tuple[str, ...]]:
    return [(r["context"], r["directive"], r["arguments"]) for r in _rows(target) if r["directive"] in names]


def test_blocks_of_nginx_and_the_files_that_it_includes(root_of: RootOf) -> None:
    target = root_of(
        {
            NGINX: "user www-data;\nhttp {\n  ssl_protocols TLSv1.2 TLSv1.3; # no older\n"
            "  include /etc/nginx/sites-enabled/*;\n  include conf.d/*.conf;\n}\n",
            "/etc/nginx/sites-enabled/shop": "server {\n listen 443 ssl;\n ssl_certificate /etc/tls/shop.pem;\n}",
            "/etc/nginx/conf.d/a.conf": "server { listen 80; location / { return 301 https://$host$request_uri; } }",
            "/etc/nginx/conf.d/a.bak": "server { listen 8080; }",
        }
    )
    rows = _rows(target)
    assert [(r["source"], r["line"], r["directive"], r["arguments"]) for r in rows if r["directive"] != "include"] == [
        (NGINX, 1, "user", "www-data"),
        (NGINX, 2, "http", ""),
        (NGINX, 3, "ssl_protocols", "TLSv1.2 TLSv1.3"),
        ("/etc/nginx/sites-enabled/shop", 1, "server", ""),
        ("/etc/nginx/sites-enabled/shop", 2, "listen", "443 ssl"),
        ("/etc/nginx/sites-enabled/shop", 3, "ssl_certificate", "/etc/tls/shop.pem"),
        ("/etc/nginx/conf.d/a.conf", 1, "server", ""),
        ("/etc/nginx/conf.d/a.conf", 1, "listen", "80"),
        ("/etc/nginx/conf.d/a.conf", 1, "location", "/"),
        ("/etc/nginx/conf.d/a.conf", 1, "return", "301 https://$host$request_uri"),
    ]
    http = next(r["block"] for r in rows if r["directive"] == "ssl_protocols")
    servers = {r["block"]: r["parent"] for r in rows if r["directive"] == "listen"}
    assert len(servers) == 2
    assert set(servers.values()) == {http}
    assert {r["context"] for r in rows if r["directive"] == "listen"} == {"http > server"}


def test_words_of_nginx() -> None:
    text = "set $a \"x ; } \\\" y\";\n#c { \nlog_format main '$a' 'b # c';\nproxy_pass http://${up}/x#y;"
    assert [s.words for s in web_config.parse_nginx(text)] == [
        ("set", "$a", 'x ; } " y'),
        ("log_format", "main", "$a", "b # c"),
        ("proxy_pass", "http://${up}/x#y"),
    ]


def test_two_directives_on_a_line_and_one_over_several() -> None:
    text = "listen 443 ssl; ssl_protocols\n  TLSv1\n  TLSv1.2;"
    assert [(s.line, s.words) for s in web_config.parse_nginx(text)] == [
        (1, ("listen", "443", "ssl")),
        (1, ("ssl_protocols", "TLSv1", "TLSv1.2")),
    ]


def test_lua_in_the_configuration_is_passed_over() -> None:
    text = "a { content_by_lua_block { if x then t = {'}'} -- }\nend } ssl_protocols TLSv1; }"
    assert [s.words for s in web_config.parse_nginx(text)] == [("a",), ("ssl_protocols", "TLSv1"), ()]
    with pytest.raises(Malformed):
        list(web_config.parse_nginx("content_by_lua_block { t = {"))


def test_blocks_variables_and_includes_of_apache(root_of: RootOf) -> None:
    target = root_of(
        {
            APACHE: "Define CERTS /etc/tls\nIncludeOptional sites-enabled/*.conf\n"
            "<IfModule mod_ssl.c>\n  SSLProtocol all \\\n    -SSLv3\n</IfModule>\n# SSLProtocol all\n",
            "/etc/apache2/sites-enabled/shop.conf": "<VirtualHost *:443>\r\n  SSLEngine on\r\n"
            '  SSLCertificateFile "${CERTS}/shop.pem"\r\n  CustomLog ${APACHE_LOG_DIR}/a.log common\r\n'
            "</VirtualHost>\r\n",
        }
    )
    assert _brief(target, "sslprotocol", "sslengine", "sslcertificatefile", "customlog") == [
        ("virtualhost *:443", "sslengine", "on"),
        ("virtualhost *:443", "sslcertificatefile", "/etc/tls/shop.pem"),
        ("virtualhost *:443", "customlog", "${APACHE_LOG_DIR}/a.log common"),
        ("ifmodule mod_ssl.c", "sslprotocol", "all -SSLv3"),
    ]


def test_apache_includes_all_below_a_directory_and_reads_from_its_root(root_of: RootOf) -> None:
    target = root_of(
        {
            "/etc/httpd/conf/httpd.conf": 'ServerRoot "/srv/web"\nInclude conf.d\n',
            "/srv/web/conf.d/a.conf": "Listen 80\n",
            "/srv/web/conf.d/below/b.conf": "Listen 443\n",
        }
    )
    assert [arguments for _, _, arguments in _brief(target, "listen")] == ["80", "443"]


@pytest.mark.parametrize(
    "text",
    ["http {", "}", "http { } }", "user x", 'set $a "x;', "include /etc/nginx/nginx.conf;", "a {" * 40 + "}" * 40],
)
def test_what_nginx_would_refuse_raises(root_of: RootOf, text: str) -> None:
    with pytest.raises(Malformed):
        _rows(root_of({NGINX: text}))


@pytest.mark.parametrize("text", ["<VirtualHost *:80>\n", "</VirtualHost>\n", "Include /etc/apache2/apache2.conf\n"])
def test_what_apache_would_refuse_raises(root_of: RootOf, text: str) -> None:
    with pytest.raises(Malformed):
        _rows(root_of({APACHE: text}))


def test_a_machine_without_a_web_server_has_no_rows(root_of: RootOf) -> None:
    assert _rows(root_of({"/etc/hostname": "x", "/etc/nginx/conf.d/a.conf": "server { }"})) == []


def test_a_file_that_may_not_be_read_raises(root_of: RootOf, deny: Deny) -> None:
    target = root_of({NGINX: "include conf.d/*.conf;", "/etc/nginx/conf.d/a.conf": "server { }"})
    deny(target, "/etc/nginx/conf.d/a.conf")
    with pytest.raises(Denied):
        _rows(target)


@given(st.text(alphabet="ab \n\t\r\"'\\#;{}$<>/", max_size=60))
def test_any_text_gives_statements_or_is_malformed(text: str) -> None:
    for parse in (web_config.parse_nginx, web_config.parse_apache):
        try:
            statements = list(parse(text))
        except Malformed:
            continue
        assert all(s.words or s.is_open is False for s in statements)
