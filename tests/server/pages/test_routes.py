"""Each page in a browser: nothing from elsewhere, nothing that keeps anybody from reading, small, in both languages."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from rempart_testing.chromium import needs_chromium
from rempart_testing.server_pages import ORIGIN, browsing
from starlette.testclient import TestClient

from rempart_server.pages.asset import read_assets

PAGES = (
    "/", "/hosts/1", "/hosts/3", "/hosts/4", "/hosts/3/checks/ACC-01", "/hosts/999", "/checks", "/checks/RMT-01",
    "/frameworks", "/frameworks/gdpr", "/trends", "/waivers", "/incidents", "/incidents/20261125-1", "/enrolment",
    "/accounts", "/log",
)  # fmt: skip
LARGEST = 100_000  # bytes on the way, with all that the page loads
_OPEN = "() => { for (const fold of document.querySelectorAll('details')) fold.open = true; }"


@needs_chromium
@pytest.mark.early
@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_in_either_language(client: TestClient, dark: bool) -> None:
    with browsing(client, dark=dark, bypass_csp=True) as browser:
        tab = browser.context.new_page()
        for page in PAGES:
            for language in ("en", "fr"):
                tab.goto(f"{ORIGIN}{page}?lang={language}")
                tab.evaluate(_OPEN)
                answer = Axe().run(tab).response
                assert answer["passes"]
                told = [
                    f"{one['id']}: {one['help']}: {node['html'][:160]}"
                    for one in answer["violations"]
                    for node in one["nodes"][:3]
                ]
                assert told == [], f"{page} in {language}"


@needs_chromium
def test_nothing_is_asked_of_others_nothing_sticks_out_and_no_page_is_large(client: TestClient) -> None:
    with browsing(client) as browser:
        tab = browser.context.new_page()
        said: list[str] = []
        tab.on("console", lambda message: said.append(message.text))
        tab.on("pageerror", lambda error: said.append(str(error)))
        for page in PAGES:
            for width in (390, 1280):
                tab.set_viewport_size({"width": width, "height": 900})
                browser.loaded.clear()
                tab.goto(f"{ORIGIN}{page}")
                assert tab.evaluate("document.documentElement.scrollWidth") <= width, f"{page} at {width}"
        assert browser.foreign == []
        assert [one for one in said if "404" not in one] == []  # the page that is not there


def test_each_page_is_small_with_all_that_it_loads(client: TestClient) -> None:
    assets = read_assets()
    for page in PAGES:
        with client.stream("GET", page, headers={"accept-encoding": "gzip"}) as got:
            sent = len(b"".join(got.iter_raw()))
            text = got.read().decode() if got.headers.get("content-encoding") is None else client.get(page).text
        loaded = sum(len(one.packed) for name, one in assets.items() if f"/{one.digest}/{name}" in text)
        assert sent + loaded <= LARGEST, page


@needs_chromium
def test_pages_are_read_without_scripts_and_filtered_with_them(client: TestClient) -> None:
    for scripts in (False, True):
        with browsing(client, scripts=scripts) as browser:
            tab = browser.context.new_page()
            tab.goto(f"{ORIGIN}/?lang=en")
            tab.get_by_label("Name or group").fill("web")
            tab.get_by_role("button", name="Show").click()
            tab.wait_for_url("**q=web**")
            tab.wait_for_function("!document.querySelector('#list').textContent.includes('pad-1')") if scripts else None
            assert "web-1" in tab.inner_text("#list")
            assert "pad-1" not in tab.inner_text("#list")
            tab.get_by_role("link", name="web-1").click()
            tab.wait_for_url("**/hosts/*")
            assert tab.inner_text("h1") == "web-1"
