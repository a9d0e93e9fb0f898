"""Pages held against axe-core in Chromium: what keeps people who use other means than eyes and a mouse from reading.

Everything that is folded is opened first, since axe passes over what is hidden. The policy of pages against foreign
scripts is lifted for axe's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from rempart_testing.chromium import PROGRAM

_OPEN = "() => { for (const fold of document.querySelectorAll('details')) fold.open = true; }"
_PATIENCE = 300_000  # milliseconds: of a machine under load, never what is measured


def find_violations(pages: Sequence[Path], schemes: Sequence[str] = ("light", "dark")) -> list[str]:
    """Return what axe finds, for each page and colour scheme; none where nothing is wrong.

    Args:
        pages: Files.
        schemes: ``light`` and ``dark``, as the reader prefers.
    """
    found = []
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=PROGRAM, args=["--no-sandbox"], timeout=_PATIENCE)
        for scheme in schemes:
            context = browser.new_context(bypass_csp=True, color_scheme="dark" if scheme == "dark" else "light")
            context.set_default_timeout(_PATIENCE)
            for page in pages:
                tab = context.new_page()
                tab.goto(page.resolve().as_uri())
                tab.evaluate(_OPEN)
                answer = Axe().run(tab).response
                assert answer["passes"], page.name
                found += [
                    f"{page.name}, {scheme}: {one['id']}: {one['help']}: {node['html'][:160]}"
                    for one in answer["violations"]
                    for node in one["nodes"][:3]
                ]
                tab.close()
            context.close()
        browser.close()
    return found
