"""``rempart``, run so that each module is written down through which a planned fix passes on the controller.

What a fix is from the plan on stands in two modules: what is planned (``records.plan``), and what became of it
(``records.outcome``). A call counts whose arguments hold a value of a class of theirs, or a list or map of some.
"""

from __future__ import annotations

import json
import os
import sys
from types import FrameType
from typing import Any

from rempart_controller.entry import main

OUT = "REMPART_WAY"
_OWN = "rempart_controller"
_RECORDS = ("rempart_controller.remediation.records.plan", "rempart_controller.remediation.records.outcome")
_SEEN = 5  # elements of a list or map that are looked at


def holds_fix(value: Any, depth: int = 2) -> bool:
    """Tell whether a value is a planned fix, or holds one."""
    kind = type(value)
    if kind in (list, tuple, dict):
        some = list(value.values() if kind is dict else value)[:_SEEN]
        return depth > 0 and any(holds_fix(one, depth - 1) for one in some)
    return kind.__module__ in _RECORDS


class Watch:
    """Writes a line for each way from one module into another, the first time that it is taken."""

    def __init__(self, path: str) -> None:
        self._out = open(path, "a", encoding="utf-8")  # noqa: SIM115 - the process may end by os._exit
        self._known: set[tuple[str, str]] = set()

    def __call__(self, frame: FrameType, event: str, _: Any) -> None:
        """See sys.setprofile."""
        callee = str(frame.f_globals.get("__name__", ""))
        if event != "call" or not callee.startswith(_OWN):
            return
        code = frame.f_code
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        if any(holds_fix(frame.f_locals.get(name)) for name in names):
            way = _find_caller(frame), callee
            if way not in self._known:
                self._known.add(way)
                self._out.write(json.dumps(way) + "\n")
                self._out.flush()


def _find_caller(frame: FrameType) -> str:
    caller = frame.f_back
    while caller is not None and not str(caller.f_globals.get("__name__", "")).startswith(_OWN):
        caller = caller.f_back
    return str(caller.f_globals["__name__"]) if caller is not None else ""


if __name__ == "__main__":
    sys.setprofile(Watch(os.environ[OUT]))
    sys.argv[0] = "rempart"
    sys.exit(main())
