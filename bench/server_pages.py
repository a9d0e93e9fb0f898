"""Measures the pages and the API of ``rempart server`` on the store that ``bench/store.py`` makes.

    python bench/store.py --store /tmp/bench.db            10,000 endpoints × 91 checks × 90 nights; takes a while
    python bench/server_pages.py /tmp/bench.db             each page: time in the application, bytes on the way

The application answers in this process, with a token as a program has it: reading, rendering and packing are measured,
neither TLS nor the network. Bytes are those of the page and of all that it loads, packed as they are sent.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator

from starlette.testclient import TestClient

from rempart_server.app import build
from rempart_server.beginning import Beginning, begin
from rempart_server.context import Context
from rempart_server.opening import open_context
from rempart_server.pages.asset import read_assets
from rempart_server.people.secret import digest_of
from rempart_server.writer import Writer
from rempart_store.server import account
from rempart_store.server.account import Access
from rempart_store.server.token import add_token
from rempart_store.store import Store

DAY = 86_400
TARGET_MS, TARGET_KB = 300, 100


def list_paths(day: str) -> Iterator[str]:
    """Give what is asked: the pages that have a target first."""
    for page in ("/", "/hosts/1", "/checks/BEN-01"):
        yield page
        yield f"{page}?at={day}"
    yield from ("/?kind=open&q=host-00", "/hosts/1/checks/BEN-01", "/waivers", "/checks", "/frameworks", "/trends")
    yield from ("/api/fleet", "/api/hosts", "/api/checks/BEN-01")


def measure(client: TestClient, path: str, times: int) -> str:
    """Ask for a page some times, and return what that took."""
    spent = []
    for _ in range(times + 1):
        begun = time.perf_counter()
        with client.stream("GET", path, headers={"accept-encoding": "gzip"}) as got:
            sent = len(b"".join(got.iter_raw()))
        spent.append((time.perf_counter() - begun) * 1000)
        if got.status_code != 200:
            raise SystemExit(f"{path}: {got.status_code}")
    text = client.get(path).text
    loaded = sum(len(one.packed) for name, one in read_assets().items() if f"/{one.digest}/{name}" in text)
    median, whole = statistics.median(spent[1:]), (sent + loaded) / 1000
    kept = "" if median <= TARGET_MS and whole <= TARGET_KB else "  MISSED"
    return f"{path:34} {median:6.0f} ms (first {spent[0]:.0f}), {whole:5.1f} kB with assets{kept}"


def let_in(context: Context) -> str:
    """Add an account with a token, and return what a program sends."""
    now = int(time.time())
    with context.store.writing() as connection:
        made = account.find_by_name(connection, "bench") or account.add_account(
            connection, "bench", Access("admin", None), now
        )
        if made is None:
            raise SystemExit("no account")
        secret = f"bench-{now}"
        add_token(connection, "bench", made.id, "admin", digest_of(secret), now, None)
    return f"Bearer {secret}"


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store", help="a store that bench/store.py made; an account and a token are added to it")
    parser.add_argument("--times", type=int, default=9, help="how often each page is asked for")
    parser.add_argument("--days", type=int, default=45, help="how long ago the day is")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Store.open(options.store, create=False) as store:
        begin(Beginning(f"{folder}/server", "localhost"))
        with open_context(f"{folder}/server") as own:
            context = own._replace(store=store, writer=Writer(store))
            with TestClient(build(context), "https://localhost") as client:
                client.headers["authorization"] = let_in(context)
                day = time.strftime("%Y-%m-%d", time.gmtime(time.time() - options.days * DAY))
                for path in list_paths(day):
                    print(measure(client, path, options.times), flush=True)
            context.writer.close()


if __name__ == "__main__":
    main()
