"""How a fix is told: words and commands apart, and what has to be seen to first stands first."""

from __future__ import annotations

from rempart_core.model.check import Remediation, Step
from rempart_core.text import Text
from rempart_reports.views.fix import FixPart, first_step, list_fix

WORDS = Step(Text("Keep a console at hand.", "Gardez une console : à portée."))
BLOCK = Step(command="cat > f <<'END'\nx\nEND")
NOTHING = Text("", "")


def test_steps_are_words_and_commands_in_their_order() -> None:
    fix = Remediation("", "manual", NOTHING, (("debian", (WORDS, BLOCK)),))
    assert list_fix(fix, "en") == [FixPart("text", "Keep a console at hand."), FixPart("command", BLOCK.command)]
    assert list_fix(fix, "fr")[0] == FixPart("text", "Gardez une console\u00a0: à portée.")


def test_several_systems_are_named() -> None:
    fix = Remediation("", "manual", NOTHING, (("debian", (WORDS,)), ("windows", (BLOCK,))))
    assert [part.text for part in list_fix(fix, "en") if part.kind == "system"] == ["Debian, Ubuntu", "Windows"]
    assert first_step(fix, "en") == ("Keep a console at hand.", 2)


def test_the_first_step_is_a_line() -> None:
    assert first_step(Remediation("", "manual", NOTHING, (("any", (BLOCK, WORDS)),)), "en") == ("cat > f <<'END'", 2)


def test_one_text_for_all_systems_is_one_part() -> None:
    fix = Remediation("", "manual", Text("First do this;\n  then that.\n", "x"))
    assert list_fix(fix, "en") == [FixPart("text", "First do this; then that.")]
    assert first_step(fix, "en") == ("First do this; then that.", 1)
    assert first_step(Remediation("", "manual", NOTHING), "en") == ("", 0)
