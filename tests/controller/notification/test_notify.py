"""``rempart audit --notify`` as a user runs it, with a real HTTP server and a real SMTP server on loopback."""

from __future__ import annotations

import email
import email.policy
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from rempart_testing.check import write_check
from rempart_testing.target import lay

pytestmark = pytest.mark.early

BIN = Path(sys.executable).parent
BAD = "SELECT 'sshd' AS item, 'open' AS observed, 'shut' AS expected, 0 AS ok FROM users WHERE :least >= 0"
LOST = "SELECT 'x' AS item, '' AS observed, '' AS expected, NULL AS ok FROM users WHERE :least >= 0"


class Hook:
    """A web server that keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.status = 200
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                hook.told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(hook.status)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"json://user:hunter2@127.0.0.1:{self.server.server_address[1]}/hook"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def hook() -> Iterator[Hook]:
    running = Hook()
    yield running
    running.close()


class Place:
    """A root filesystem, a check and a store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "root").mkdir()
        lay(folder / "root", {"/etc/os-release": "ID=debian\n", "/etc/passwd": "root:x:0:0:root:/root:/bin/bash\n"})
        write_check(folder / "checks", 1, title="A door is shut")

    def audit(self, *arguments: str, checks: str = "TST-*") -> subprocess.CompletedProcess[str]:
        command = [str(BIN / "rempart"), "audit", "--root", str(self.folder / "root"), "--checks", checks, "--quiet"]
        command += ["--checks-dir", str(self.folder / "checks"), "--store", str(self.folder / "store.db"), *arguments]
        environment = os.environ | {"XDG_CACHE_HOME": str(self.folder / "cache"), "HOME": str(self.folder)}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=120)
        assert "Traceback" not in done.stderr
        assert "hunter2" not in done.stderr + done.stdout
        return done

    def change(self, query: str, severity: str = "high") -> None:
        write_check(self.folder / "checks", 1, query, title="A door is shut", severity=severity)

    def list_url(self, url: str) -> str:
        path = self.folder / "urls"
        path.write_text(f"# the night shift\n\n{url}\n")
        path.chmod(0o600)
        return str(path)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_a_webhook_is_told_what_got_worse_once(place: Place, hook: Hook) -> None:
    file = place.list_url(hook.url)
    first = place.audit("--notify-file", file)
    assert first.returncode == 0
    assert "no notification" in first.stderr
    assert place.audit("--notify-file", file).returncode == 0
    assert hook.told == []
    place.change(BAD)
    assert place.audit("--notify-file", file).returncode == 1
    (told,) = hook.told
    assert told["title"] == "Rempart: 1 finding got worse"
    assert "TST-01" in told["message"]
    assert "A door is shut" in told["message"]
    assert place.audit("--notify-file", file).returncode == 1  # it is as bad as before: nothing new
    assert len(hook.told) == 1


def test_a_check_that_cannot_be_seen_any_more_is_told(place: Place, hook: Hook) -> None:
    place.audit()
    place.change(LOST)
    assert place.audit("--notify", hook.url, "--lang", "fr").returncode == 3
    assert [told["title"] for told in hook.told] == ["Rempart\u00a0: 1 vérification ne se voit plus"]


def test_what_does_not_count_is_not_told(place: Place, hook: Hook) -> None:
    place.audit()
    place.change(BAD, severity="medium")
    assert place.audit("--notify", hook.url, "--fail-on", "high").returncode == 0
    assert hook.told == []


def test_an_audit_that_fails_is_told(place: Place, hook: Hook) -> None:
    place.audit()
    assert place.audit("--notify", hook.url, "--param", "TST-01.least=many").returncode == 2
    assert [told["title"] for told in hook.told] == ["Rempart: the audit failed"]
    assert "TST-01.least" in hook.told[0]["message"]


def test_a_message_that_does_not_arrive_is_an_error(place: Place, hook: Hook) -> None:
    place.audit()
    place.change(BAD)
    hook.status = 500
    done = place.audit("--notify", hook.url)
    assert done.returncode == 3
    assert "could not be delivered" in done.stderr
    assert len(hook.told) == 1


def test_a_message_that_did_not_arrive_is_sent_again_until_it_does(place: Place, hook: Hook) -> None:
    place.audit()
    place.change(BAD)
    hook.status = 500
    assert place.audit("--notify", hook.url).returncode == 3
    assert [path for path in place.folder.rglob("*") if path.is_file() and b"hunter2" in path.read_bytes()] == []
    still = place.audit("--notify", hook.url)  # nothing new got worse, and yet somebody has to be told
    assert still.returncode == 3
    assert "notifications of earlier audits are still undelivered" in still.stderr
    hook.status = 200
    hook.told.clear()
    assert place.audit().returncode == 1  # who tells nobody sends nothing
    assert hook.told == []
    done = place.audit("--notify", hook.url)
    assert done.returncode == 1
    assert "delivered now: 1" in done.stderr
    (told,) = hook.told
    assert told["title"] == "Rempart: 1 finding got worse"
    assert told["message"].startswith("This message is late: it was to be delivered at 20")
    assert "TST-01" in told["message"]
    assert place.audit("--notify", hook.url).returncode == 1
    assert len(hook.told) == 1  # once
    assert list(place.folder.rglob("waiting-messages/*")) == []


def test_reports_say_that_somebody_was_not_told(place: Place, hook: Hook) -> None:
    place.audit()
    place.change(BAD)
    hook.status = 500
    names = {form: place.folder / f"report.{form}" for form in ("html", "markdown", "junit", "json")}
    options = [word for form, path in names.items() for word in (f"--{form}", str(path))]
    told = "undelivered notifications of earlier audits: 1, the oldest from "
    place.audit("--notify", hook.url, *options)
    assert all(told not in path.read_text() for path in names.values())  # they are written before it is known
    place.audit("--notify", hook.url, "--junit-form", "rich", *options)
    assert {form for form, path in names.items() if told in path.read_text()} == {*names}
    hook.status = 200
    place.audit("--notify", hook.url)
    place.audit("--notify", hook.url, *options)
    assert all(told not in path.read_text() for path in names.values())


def test_who_got_a_message_does_not_get_it_again(place: Place, hook: Hook) -> None:
    other = Hook()
    try:
        place.audit()
        place.change(BAD)
        other.status = 500
        both = ["--notify", hook.url, "--notify", other.url]
        assert place.audit(*both).returncode == 3
        other.status = 200
        assert place.audit(*both).returncode == 1
        assert (len(hook.told), len(other.told)) == (1, 2)
    finally:
        other.close()


def test_an_audit_that_is_interrupted_is_told(place: Place, hook: Hook) -> None:
    place.audit()
    assert place.audit("--notify", hook.url, "--run-deadline", "0.001").returncode == 3
    assert [told["title"] for told in hook.told] == ["Rempart: the audit failed"]
    assert "INTERRUPTED: the run's deadline" in hook.told[0]["message"]


def test_a_mailbox_is_told(place: Place) -> None:
    with socket.socket() as free:  # the library asks for a port's number before it opens it
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    class Post:
        def __init__(self) -> None:
            self.letters: list[Any] = []

        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - the library's name
            self.letters.append(envelope)
            return "250 OK"

    post = Post()
    controller = Controller(post, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        place.audit()
        place.change(BAD)
        url = f"mailto://127.0.0.1:{port}/?mode=insecure&from=rempart@example.org&to=night@example.org&smtp=127.0.0.1"
        done = place.audit("--notify", url)
        assert done.returncode == 1, done.stderr
    finally:
        controller.stop()
    (letter,) = post.letters
    assert letter.rcpt_tos == ["night@example.org"]
    message = email.message_from_bytes(letter.content, policy=email.policy.default)
    assert message["Subject"] == "Rempart: 1 finding got worse"
    body = message.get_body()
    assert body is not None
    assert "TST-01" in body.get_content()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--notify", "nonsense"], "not a URL that Apprise supports"),
        (["--notify", "nosuchservice://hunter2"], "address 1 (nosuchservice://…)"),
        (["--notify-file", "/nonexistent"], "no such file"),
        (["--notify-file", "/dev/null"], "not a regular file"),
    ],
)
def test_a_wrong_address_is_refused_before_the_audit(place: Place, arguments: list[str], said: str) -> None:
    done = place.audit(*arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert not (place.folder / "store.db").exists()


def test_a_file_that_others_may_read_is_refused(place: Place, hook: Hook) -> None:
    file = place.list_url(hook.url)
    os.chmod(file, 0o640)
    done = place.audit("--notify-file", file)
    assert done.returncode == 2
    assert f"chmod 600 {file}" in done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to give a file away")
def test_a_file_of_another_user_is_refused(place: Place, hook: Hook) -> None:
    file = place.list_url(hook.url)
    os.chown(file, 12345, -1)
    assert "another user" in place.audit("--notify-file", file).stderr


def test_a_file_without_a_url_is_refused(place: Place) -> None:
    assert "contains no URL" in place.audit("--notify-file", place.list_url("# none")).stderr


def test_without_a_store_there_is_nothing_to_compare_with(place: Place) -> None:
    command = [str(BIN / "rempart"), "audit", "--notify", "json://127.0.0.1/"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "--store is missing" in done.stderr


def test_a_plain_audit_loads_nothing_of_it(place: Place) -> None:
    code = (
        "import sys; from rempart_controller.commands.main import main; main(sys.argv[1:]); "
        "print([m for m in sys.modules if m.startswith(('apprise', 'rempart_controller.notification'))])"
    )
    own = ["--root", str(place.folder / "root"), "--checks-dir", str(place.folder / "checks"), "--checks", "TST-*"]
    command = [sys.executable, "-c", code, "audit", "--quiet", *own]
    environment = os.environ | {"XDG_CACHE_HOME": str(place.folder / "cache")}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert done.stdout == "[]\n"
