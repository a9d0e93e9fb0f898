"""``rempart checks``: list, show, lint and test the checks."""

import argparse
import os
import sys
from typing import Any

from rempart_core.content.place import check_directories
from rempart_core.error import ContentError, UsageError
from rempart_core.model.check import Check
from rempart_core.text import NOTHING, clean, quiet_json


def _load(options: argparse.Namespace) -> tuple[list[Check], list[Any], list[str]]:
    from rempart_agent.audit import content_cache

    directories = check_directories(options.checks_dir)
    content = content_cache.load(directories)
    return content.checks, content.profiles, directories


def _matching(checks: list[Check], globs: list[str]) -> list[Check]:
    """Return the checks whose id or area one of the globs names; all where there is none.

    Raises:
        UsageError: a glob names no check.
    """
    from rempart_core.model.selection import matches
    from rempart_core.suggestion import show, suggest

    words = [word for text in globs for word in text.split(",") if word]
    for word in words:
        if not any(matches(word, check.id) or matches(word, check.area) for check in checks):
            known = [name for check in checks for name in (check.id, check.area)]
            raise UsageError(f"no check matches {show(word)}{suggest(word, dict.fromkeys(known))}")
    return [c for c in checks if not words or any(matches(w, c.id) or matches(w, c.area) for w in words)]


def list_checks(options: argparse.Namespace) -> int:
    """Print one line a check, or one JSON object a line."""
    checks, profiles, _ = _load(options)
    chosen = _matching(checks, options.globs)
    if options.profile:
        from rempart_core.model.selection import find_profile, select

        selected, _excluded = select(chosen, find_profile(profiles, options.profile), "linux")
        chosen = [s.check._replace(severity=s.severity) for s in selected]
    if options.json:
        import json

        for check in chosen:
            facts = {
                "id": check.id,
                "revision": check.revision,
                "title": check.title.get(options.lang),
                "area": check.area,
                "severity": check.severity.value,
                "roles": check.roles,
                "platforms": list(check.platforms),
                "controls": check.controls,
            }
            print(quiet_json(json.dumps(facts, ensure_ascii=False)))
        return 0
    width = max((len(check.area) for check in chosen), default=0)
    for check in chosen:
        print(f"{check.id:8} {check.severity.value:9} {check.area:{width}}  {check.title.get(options.lang)}")
    return 0


def show_checks(options: argparse.Namespace) -> int:
    """Print what one check asks."""
    from rempart_core.model.parameter import bind

    checks, _profiles, directories = _load(options)
    check = _matching(checks, [options.id])[0]
    defaults = {p.name: p.default for p in check.parameters.values()}
    if options.sql:
        block = check.platforms.get(options.platform)
        if block is None:
            raise UsageError(f"{check.id} is not asked on {options.platform}; it is on {', '.join(check.platforms)}")
        for name, sql in block.statements():
            print(f"-- {check.id} {options.platform} {name}")
            print(bind(sql, check.parameters, defaults).strip() + ";")
        return 0
    say = clean
    language = options.lang
    french = language == "fr"
    print(f"{check.id}  {say(check.title.get(language))}")
    print(f"  {check.severity.value}, {check.area}, {', '.join(check.roles)}, {', '.join(check.platforms)}")
    print(f"  {say(check.rationale.get(language))}")
    print("\nNon examiné" if french else "\nNot examined")
    for line in describe_scope(check, language):
        print(f"  {say(line)}")
    if check.parameters:
        from rempart_core.content.datafile import read_data_files

        print("\nParamètres" if french else "\nParameters")
        lists = read_data_files(directories) if any(one.data for one in check.parameters.values()) else {}
        for one in check.parameters.values():
            bounds = f" ({one.min}..{one.max})" if one.min is not None or one.max is not None else ""
            print(f"  {one.name} = {one.default} {one.unit}{bounds}  {say(one.title.get(language))}")
            if one.data in lists:
                of = lists[one.data]
                print(f"    {'liste' if french else 'list'} {of.name}, {of.updated}: {say(of.source.get(language))}")
    print("\nRemédiation" if french else "\nHow to mend it")
    print(f"  {say(check.remediation.manual.get(language)).strip()}")
    print("\nContribue à" if french else "\nSupports")
    for framework, ids in check.controls.items():
        print(f"  {framework}: {', '.join(ids)}")
    from rempart_agent.quality.lint import file_of

    print(f"\n{file_of(check, directories)}")
    return 0


def describe_scope(check: Check, language: str) -> list[str]:
    """Return what a check does not examine, a line each: what a reader could take for covered."""
    if check.not_examined:
        return [one.get(language) for one in check.not_examined]
    french = language == "fr"
    if check.complete != NOTHING:
        return [f"rien : {check.complete.fr}" if french else f"nothing: {check.complete.en}"]
    return ["le contrôle ne le dit pas" if french else "the check does not say"]


def lint_checks(options: argparse.Namespace) -> int:
    """Hold checks and cases against the rules; all mistakes at once, exit status 2."""
    from rempart_agent.quality.lint import lint

    checks, _profiles, directories = _load(options)
    chosen = _matching(checks, options.globs)
    mistakes = lint(chosen, directories)
    if mistakes:
        raise ContentError(mistakes)
    print(f"{len(chosen)} check{'s' * (len(chosen) > 1)}: no mistake")
    return 0


def test_checks(options: argparse.Namespace) -> int:
    """Run the cases of checks; exit status 1 where one does not come out as expected, 2 where there is none."""
    from rempart_agent.quality.lint import file_of, run_cases
    from rempart_core.content.casefile import locate_cases

    checks, _profiles, directories = _load(options)
    ran = failed = 0
    for check in _matching(checks, options.globs):
        path = locate_cases(file_of(check, directories))
        if not os.path.isfile(path):
            continue
        for name, wrong in run_cases(check, path, options.case):
            ran += 1
            if wrong:
                failed += 1
                print(f"{check.id}: {name}: {wrong}")
    if not ran:
        raise UsageError("no case matches")
    print(f"{ran} cases, {failed} failed" if failed else f"{ran} cases, all as expected", file=sys.stdout)
    return int(bool(failed))
