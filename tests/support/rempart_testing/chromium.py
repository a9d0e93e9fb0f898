"""Pages as Chromium lays them out: how many sheets they print on, and whether anything sticks out of the window.

Few starts: a page of frames measures many pages in several widths at once.
"""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_chromium = pytest.mark.skipif(PROGRAM is None, reason="Chromium is not installed")
_PATIENCE = 300  # seconds: of a machine under load, never what is measured

_MEASURE = """
addEventListener("load", () => {
  const found = [];
  for (const frame of document.querySelectorAll("iframe")) {
    const page = frame.contentDocument;
    for (const fold of page.querySelectorAll("details")) fold.open = OPEN;
    const width = frame.contentWindow.innerWidth;
    const out = [...page.querySelectorAll("main *")].filter((one) => {
      const box = one.getBoundingClientRect();
      return box.width && box.right > width + 1 && !one.closest(".unseen");
    });
    found.push([frame.dataset.page, width, page.documentElement.scrollWidth,
                out.slice(0, 3).map((one) => one.outerHTML.slice(0, 160))]);
  }
  document.body.textContent = "<<" + JSON.stringify(found) + ">>";
});
"""


def _start(folder: Path, *options: str) -> str:
    assert PROGRAM is not None
    command = [
        PROGRAM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
        f"--user-data-dir={folder}", *options,
    ]  # fmt: skip
    env = {**os.environ, "HOME": str(folder)}
    done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=False, env=env)
    assert done.returncode == 0, done.stderr
    return done.stdout


def count_sheets(page: Path, folder: Path) -> int:
    """Return on how many sheets a page is printed."""
    out = folder / "printed.pdf"
    _start(folder / "profile", "--no-pdf-header-footer", f"--print-to-pdf={out}", page.resolve().as_uri())
    return len(re.findall(rb"/Type\s*/Page\b", out.read_bytes()))


def find_overflow(pages: Sequence[Path], widths: Sequence[int], folder: Path, *, unfolded: bool) -> list[str]:
    """Return what sticks out of the window, for each page and width; none where nothing does.

    Args:
        pages: Files.
        widths: Of the window, in pixels.
        folder: Where the page of frames and the browser's profile are.
        unfolded: Whether all that is folded is opened first.
    """
    frames = "".join(
        f'<iframe data-page="{html.escape(page.name)}" src="{page.resolve().as_uri()}" '
        f'style="width:{width}px;height:800px;border:0"></iframe>'
        for page in pages
        for width in widths
    )
    script = _MEASURE.replace("OPEN", "true" if unfolded else "false")
    harness = folder / "frames.html"
    harness.write_text(f"<!DOCTYPE html><meta charset=utf-8><body>{frames}<script>{script}</script>", encoding="utf-8")
    said = _start(
        folder / "profile", "--allow-file-access-from-files", "--window-size=1400,900", "--dump-dom", harness.as_uri()
    )
    measured = json.loads(html.unescape(said[said.index("&lt;&lt;") : said.index("&gt;&gt;")])[2:])
    assert len(measured) == len(pages) * len(widths)
    assert {width for _, width, _, _ in measured} == set(widths)
    return [
        f"{name} at {width}: {whole} wide; {sticking}"
        for name, width, whole, sticking in measured
        if whole > width or sticking
    ]
