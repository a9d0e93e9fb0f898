"""What a plan makes of an answer of check mode: two hosts are alike where that is the same."""

from typing import Any, Dict, List, Mapping

_SHOWN = ("check", "changed", "failed", "why", "acts", "diff")


def shorten(answer: Mapping[str, Any]) -> List[Dict[str, Any]]:
    """Return of each fix what a plan shows and goes by."""
    return [{name: one.get(name) for name in _SHOWN} for one in answer.get("fixes", ())]
