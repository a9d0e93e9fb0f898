"""The routes of people: each with its methods, and a style sheet of their own."""

from __future__ import annotations

from pathlib import Path

from rempart_testing.people import a_browser, a_server, an_app
from starlette.routing import Route

from rempart_server.people.routes import routes


def test_what_changes_something_is_a_post_and_the_style_is_ours(tmp_path: Path) -> None:
    with a_server(tmp_path) as context:
        made = routes(context)
        methods = {(one.path, *sorted(one.methods or ())) for one in made if isinstance(one, Route)}
        assert {("/logout", "POST"), ("/link", "POST"), ("/login", "GET", "HEAD")} <= methods
        answer = a_browser(an_app(context, made)).get("/login.css")
        assert answer.headers["content-type"].startswith("text/css")
        assert "@import" not in answer.text
