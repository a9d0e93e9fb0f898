"""The report of 500 hosts, 90 checks and 90 nights: each output in a process of its own, the trend, and the registers.

    python bench/dossier.py                          makes the store first, which takes minutes
    python bench/dossier.py --store /tmp/d.db        keeps it there, and takes it from there again

Seconds are of processor, memory is the peak of the process, the interpreter included. Nine results of ten pass; one of
200 changes a night; one host of fifty is silent in the last night. The registers have 10,000 people and 40,000 rows.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

from rempart_core.model.result import Run
from rempart_core.timestamps import write_moment
from rempart_store.store import Store
from reports import make_fleet

DAY = 86_400
LAST = 1_795_000_000  # 18 November 2026: the same store at each call
CHANGE = 0.005
MAIN_PAGES = 30
OUTPUTS = (  # what is measured, options, seconds, MiB
    ("PDF", ("--pdf", "r.pdf"), 30, 450),
    ("HTML page", ("--html", "r.html"), 5, 150),
    ("XLSX", ("--xlsx", "r.xlsx"), 25, 150),
    ("OSCAL", ("--oscal", "oscal"), 10, 150),
    ("SoA", ("--soa", "soa.xlsx"), 10, 150),
    ("CISO Assistant", ("--ciso-assistant", "ca"), 10, 150),
    ("all, two dates", ("--pdf", "r.pdf", "--html", "r.html", "--xlsx", "r.xlsx", "--from", "2026-10-01"), 60, 450),
)


def _nights(hosts: int, nights: int) -> Iterator[Iterator[Run]]:
    """Give the runs of each night, oldest first."""
    random = Random(3)  # noqa: S311 - the same fleet at each call
    fleet = list(make_fleet(hosts))
    answers = [run for run in fleet if run.results[0].failure != "silent"]
    pool = list(zip(*(run.results for run in answers), strict=True))
    now = [list((run if run in answers else answers[0]).results) for run in fleet]

    def play(night: int) -> Iterator[Run]:
        for number, run in enumerate(fleet):
            for place in range(len(pool)):
                if night and random.random() < CHANGE:
                    now[number][place] = random.choice(pool[place])
            moment = write_moment(LAST - (nights - 1 - night) * DAY + number)
            silent = night == nights - 1 and run.results[0].failure == "silent"
            yield run._replace(started=moment, ended=moment, results=run.results if silent else list(now[number]))

    return (play(night) for night in range(nights))


def make_store(place: str, hosts: int, nights: int) -> None:
    """Save the nights."""
    began = time.perf_counter()
    with Store.open(place) as store:
        for runs in _nights(hosts, nights):
            store.save(runs)
    print(f"store of {hosts} hosts, {nights} nights: made in {time.perf_counter() - began:.0f} s", flush=True)


def _measure(command: list[str], folder: str) -> tuple[float, float]:
    """Return seconds of processor, and MiB, of a program that ends with 0 or 3."""
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode in {0, 1, 3}, command
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def _say(what: str, told: str, aim: str, *, met: bool) -> None:
    print(f"{what:<34} {told:<34} aim: {aim:<30} {'met' if met else 'MISSED'}", flush=True)


def measure_outputs(place: str, folder: str) -> None:
    """Write each output and print what it took."""
    rempart = str(Path(sys.executable).with_name("rempart"))
    for what, options, seconds, memory in OUTPUTS:
        took, used = _measure([rempart, "report", "--store", place, *options], folder)
        told = f"{took:5.1f} s {used:4.0f} MiB"
        _say(what, told, f"< {seconds} s, < {memory} MiB", met=took < seconds and used < memory)
        if what == "PDF":
            pages, whole = count_pages(f"{folder}/r.pdf")
            _say("  pages before the annex", f"{pages} of {whole}", f"≤ {MAIN_PAGES}", met=pages <= MAIN_PAGES)


def count_pages(path: str) -> tuple[int, int]:
    """Return the pages before the annex, and all."""
    from pypdf import PdfReader

    pages = [page.extract_text() for page in PdfReader(path).pages]
    annex = next(
        number for number, text in enumerate(pages) if number and re.search(r"^Annex: hosts", text, re.MULTILINE)
    )
    return annex + 1, len(pages)


def measure_trend(place: str) -> None:
    """Ask for the trend of 90 nights."""
    with Store.open(place, create=False) as store:
        store.trend(LAST, LAST)  # what is imported and compiled but once
        began = time.process_time()
        nights = len(store.trend(LAST - 90 * DAY, LAST + DAY).nights)
        took = time.process_time() - began
    _say(f"trend of {nights} nights", f"{took:5.2f} s", "< 0.3 s", met=took < 0.3)


def write_registers(folder: Path, people: int) -> None:
    """Write registers of many people: each signed an undertaking, was trained twice and has been told."""
    folder.mkdir()
    head = "as_of: 2026-11-18\nby: p-00001\n"
    ids = [f"p-{number:05}" for number in range(1, people + 1)]
    (folder / "organisation.yaml").write_text(
        f"{head}name: Bench\nheadcount: {people}\nheadcount_date: 2026-11-18\n", encoding="utf-8"
    )
    (folder / "registers.yaml").write_text(
        "".join(
            f"{name}: {{as_of: 2026-11-18, by: p-00001}}\n"
            for name in ("people", "training", "undertakings", "notices")
        ),
        encoding="utf-8",
    )
    rows = {
        "people": ("id,team,kind,access_from", [f"{one},T{n % 40},employee,2025-01-15" for n, one in enumerate(ids)]),
        "undertakings": ("person,date,reference", [f"{one},2025-01-10,signed" for one in ids]),
        "training": ("person,kind,date,syllabus,reference", [f"{one},initial,2026-02-01,3,sheet" for one in ids]),
        "notices": ("person,topic,date,reference", [f"{one},monitoring,2025-01-10,signed" for one in ids]),
    }
    for name, (heads, lines) in rows.items():
        (folder / f"{name}.csv").write_text("\n".join([heads, *lines, ""]), encoding="utf-8")


def measure_registers(folder: str) -> None:
    """Audit an organisation of 10,000 people, and look whether a run without registers costs what it did."""
    rempart = str(Path(sys.executable).with_name("rempart"))
    write_registers(Path(folder) / "big", 10_000)
    took, used = _measure([rempart, "audit", "--registers", "big", "--quiet"], folder)
    _say(
        "24 checks, 10,000 people, 40,000 rows",
        f"{took:5.1f} s {used:4.0f} MiB",
        "< 2 s, < 200 MiB",
        met=took < 2 and used < 200,
    )


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hosts", type=int, default=500)
    parser.add_argument("--nights", type=int, default=90)
    parser.add_argument("--store", default="", help="keep the store in this file, and take it from there again")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rempart-bench-") as folder:
        place = os.path.abspath(options.store) if options.store else f"{folder}/s.db"
        if not os.path.exists(place):
            make_store(place, options.hosts, options.nights)
        measure_outputs(place, folder)
        measure_trend(place)
        measure_registers(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
