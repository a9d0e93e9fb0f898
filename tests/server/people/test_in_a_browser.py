"""The pages of people in a browser, from a real server: they work without scripts, and axe finds nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, sync_playwright
from rempart_testing.chromium import PROGRAM, needs_chromium
from rempart_testing.server import Running, running

from rempart_server.opening import open_context
from rempart_server.people.first_admin import invite

PASSWORD = "a long sentence of mine"
PATIENCE = 120_000  # milliseconds


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("browser")) as one:
        yield one


@contextmanager
def browsing(*, scripts: bool, dark: bool = False) -> Iterator[BrowserContext]:
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=PROGRAM, args=["--no-sandbox"], timeout=PATIENCE)
        context = browser.new_context(
            java_script_enabled=scripts,
            color_scheme="dark" if dark else "light",
            bypass_csp=scripts,  # which axe's own script needs
            ignore_https_errors=True,  # the CA is the server's own
        )
        context.set_default_timeout(PATIENCE)
        yield context
        browser.close()


def link(server: Running) -> str:
    with open_context(str(server.directory)) as context:
        return invite(context)


@needs_chromium
@pytest.mark.early
def test_a_password_is_chosen_and_somebody_signs_out_and_in_without_scripts(server: Running) -> None:
    origin = f"https://localhost:{server.port}"
    with browsing(scripts=False) as browser:
        asked: list[str] = []
        browser.on("request", lambda request: asked.append(request.url))
        tab = browser.new_page()
        tab.goto(f"{origin}{link(server)}?lang=en")
        tab.get_by_label("New password", exact=True).fill(PASSWORD)
        tab.get_by_label("The same password again").fill(PASSWORD)
        tab.get_by_role("button", name="Save").click()
        tab.goto(f"{origin}/account")
        tab.get_by_label("Language").select_option("fr")
        tab.locator("form[action='/account/language'] button").click()
        tab.get_by_role("button", name="Se déconnecter").click()
        tab.goto(f"{origin}/login?lang=fr&next=%2Faccount")
        tab.get_by_label("Nom").fill("admin")
        tab.get_by_label("Mot de passe").fill(PASSWORD)
        tab.get_by_role("button", name="Se connecter").click()
        assert tab.get_by_role("heading", name="Votre compte").is_visible()
        assert {one for one in asked if not one.startswith(f"{origin}/")} == set()


@needs_chromium
@pytest.mark.early
@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_in_either_language(server: Running, dark: bool) -> None:
    origin, code = f"https://localhost:{server.port}", link(server)
    with browsing(scripts=True, dark=dark) as browser:
        tab = browser.new_page()

        def look(page: str) -> None:
            tab.goto(f"{origin}{page}")
            answer = Axe().run(tab).response
            assert answer["passes"]
            assert [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in answer["violations"]] == [], page

        for page in ("/login", "/link/none", code):
            look(f"{page}?lang=en")
            look(f"{page}?lang=fr")
        tab.fill("#new", PASSWORD)
        tab.fill("#again", PASSWORD)
        tab.locator("main form button").click()
        for language in ("en", "fr"):
            tab.goto(f"{origin}/account")
            tab.select_option("#language", language)
            tab.locator("form[action='/account/language'] button").click()
            look("/account?saved=1")
