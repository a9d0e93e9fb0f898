"""A real OpenID provider: ``oidc-provider`` 9 of npm on a free port of the loopback, and a person's browser at it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urljoin

import httpx
import pytest

from rempart_testing.server import free_port

PACKAGE = "oidc-provider@9"
CLIENT, SECRET = "rempart", "a secret of the client alone"
BACK = "https://localhost:8443/login/oidc/callback"
_PROGRAM = """
import Provider from 'oidc-provider';
const [port, client, secret, back, people] = process.argv.slice(2);
const known = JSON.parse(people);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{client_id: client, client_secret: secret, redirect_uris: [back]}],
  claims: {openid: ['sub'], profile: ['preferred_username'], groups: ['groups']},
  conformIdTokenClaims: known.conform === true,
  pkce: {required: () => true},
  async findAccount(ctx, id) {
    return {accountId: id, async claims() { return {sub: id, preferred_username: id, ...known[id]}; }};
  },
});
provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));
"""


def install(folder: Path) -> Path:
    """Install the provider below a folder by npm, or skip the test and say why."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        pytest.skip("npm and node are missing: the real OpenID provider is not there")
    words = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder), PACKAGE]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode:
        pytest.skip(f"npm cannot install {PACKAGE}: {done.stderr[-300:]}")
    (folder / "provider.mjs").write_text(_PROGRAM, encoding="utf-8")
    return folder


class IdentityProvider(NamedTuple):
    """A provider that answers.

    Attributes:
        issuer: Its address.
    """

    issuer: str

    def sign_in(self, url: str, name: str) -> str:
        """Return where a person's browser is sent, after they signed in and agreed.

        The pages are the provider's own (``devInteractions``): a form of a name and any password, and one to agree.

        Args:
            url: Where our server sent the browser.
            name: Of the person.
        """
        with httpx.Client(follow_redirects=False, timeout=30) as browser:
            answer = browser.get(url)
            for _ in range(12):
                while answer.is_redirect:
                    way = urljoin(str(answer.url), answer.headers["location"])
                    if way.startswith(BACK):
                        return way
                    answer = browser.get(way)
                form = re.search(r'action="([^"]+)"', answer.text)
                assert form, answer.text
                prompt = re.search(r'name="prompt" value="(\w+)"', answer.text)
                fields = {"prompt": prompt[1] if prompt else "", "login": name, "password": "x"}
                answer = browser.post(urljoin(str(answer.url), form[1]), data=fields)
        raise AssertionError(answer.text)


@contextmanager
def a_provider(installed: Path, people: dict[str, object]) -> Iterator[IdentityProvider]:
    """Give a provider.

    Args:
        installed: By :func:`install`.
        people: Claims of each person by name; ``conform`` keeps them out of ID tokens, so that userinfo has them.
    """
    port = free_port()
    words = ["node", "provider.mjs", str(port), CLIENT, SECRET, BACK, json.dumps(people)]
    with (installed / f"{port}.said").open("w+b") as said:
        process = subprocess.Popen(words, cwd=installed, stdout=subprocess.PIPE, stderr=said)
        try:
            assert process.stdout
            assert process.stdout.readline() == b"ready\n", (installed / f"{port}.said").read_text(encoding="utf-8")
            yield IdentityProvider(f"http://127.0.0.1:{port}")
        finally:
            process.kill()
            process.communicate()
