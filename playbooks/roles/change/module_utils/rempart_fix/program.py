"""What the timer runs, and what an admin may run on the endpoint itself: ``python3 program.pyz status``."""

import json
import sys
from typing import Any, Dict, List

from . import change, runner
from .contract import Refusal
from .paths import find_words
from .place import BASE, Place

_USAGE = "program.pyz status | undo CHANGE [--dry-run] [--force] [CHECK ...] | resume CHANGE | confirm CHANGE"


def do(place: Place, asked: Dict[str, Any]) -> Dict[str, Any]:
    """Do what a run was asked for.

    Raises:
        Refusal: It can't be done.
    """
    if asked["action"] == "undo":
        return change.take_back(place, asked["checks"], force=asked["force"])
    if asked["action"] == "resume":
        return change.resume(place, asked["guard"])
    with open(sys.argv[0], "rb") as file:  # the program that runs is the one that the timer will run
        code = file.read()
    given = {name: asked[name] for name in ("holder", "guard", "facts", "before")}
    return change.fix(place, asked["fixes"], program=code, **given)


def main(words: List[str]) -> int:
    """Run a command; return its exit status: 0 as asked, 1 something stays, 2 usage or refused."""
    try:
        if words[:1] == ["work"] and len(words) == 3:
            runner.Run(words[1], words[2]).work(do)
            return 0
        if words[:1] == ["status"]:
            print(json.dumps(change.status(), indent=2))
            return 0
        if words[:1] == ["lift"] and len(words) == 3:
            change.take_back(Place(words[1]), force=True, by="timer", lift=words[2])
            return 0
        if len(words) < 2 or words[0] not in ("timer", "undo", "resume", "confirm"):
            print(_USAGE, file=sys.stderr)
            return 2
        name, place = words[0], Place(words[1])
        if name == "confirm":
            answer = change.confirm(place)
        elif name == "resume":
            answer = change.resume(place)
        else:
            checks = [word for word in words[2:] if not word.startswith("--")]
            by = "timer" if name == "timer" else "rollback"
            answer = change.take_back(place, checks, force="--force" in words, dry="--dry-run" in words, by=by)
    except (Refusal, OSError) as error:
        print(find_words(error, BASE)[0], file=sys.stderr)
        return 2
    print(json.dumps(answer, indent=2))
    # what others' work or a crash left is no failure of the timer's unit, which would stand as failed without its file
    words_left = {row["word"] for row in answer.get("rows", [])}
    return int("failed" in words_left if name == "timer" else not words_left <= {"back"})
