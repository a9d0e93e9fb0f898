"""An agent's side of the door for signed documents, over a real connection: again and again, until it is confirmed."""

from __future__ import annotations

import json
import ssl
import time
import urllib.error
import urllib.request

from rempart_testing.server import PATIENCE


def push(port: int, context: ssl.SSLContext, data: bytes, number: int) -> None:
    """Push a document until it is confirmed, as an agent does."""
    ends = time.monotonic() + 2 * PATIENCE
    while True:
        try:
            url = f"https://localhost:{port}/api/rempart/documents"
            with urllib.request.urlopen(url, data, timeout=30, context=context) as got:
                assert json.loads(got.read())["stored"] == [number]
                return
        except urllib.error.HTTPError as error:
            with error:
                if error.code != 503:
                    raise
        except OSError:
            pass
        assert time.monotonic() < ends
        time.sleep(0.2)
