"""A file of settings, and what checks want of it."""

from __future__ import annotations

APP = "/etc/app.conf"
TEXT = "# app\nkey = 1\nuse nullok\nlast\n"
KEY = {"check": "KEY-01", "keys": [{"path": APP, "key": "key", "value": 9}]}
WHOLE = {"check": "OWN-01", "files": [{"path": APP, "content": "ours\n", "mode": "0600"}]}
