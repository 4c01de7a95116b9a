"""How does a community become a folder? Every file of the demonstration country, written in streams.

    cinii/        articles-001.jsonl …  search-001.json …  projects-001.json …  researchers-001.jsonl …
    researchmap/  researchers-001.jsonl …
    kaken/        projects-001.xml …  researchers-001.jsonl …
    orcid/        ORCID_2026_10_summaries.tar.gz
    truth/        people, works, projects, organizations, collaborations, topics, answers, planted,
                  wrong_identifiers (.jsonl)
    synth.json    the arguments, and whether the folder is complete

Each file follows from a range of numbers, so that files can be written by several processes in any order and come
out the same.
"""

from __future__ import annotations

import json
import multiprocessing
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np

from kg.errors import FixInput, FixSetup
from kg.synth import truth, write_cinii, write_kaken, write_orcid, write_researchmap
from kg.synth.answers import Answer, settle
from kg.synth.build import build_world
from kg.synth.mixes import MIXES, VERSION
from kg.synth.voice import Voice
from kg.synth.world import PRODUCT

GENERATOR = "kg synth"
FOLDERS = ("cinii", "researchmap", "orcid", "kaken", "truth")
MOST_PEOPLE, MOST_WORKS = 7_000_000, 9_000_000
_WORKS, _PEOPLE, _AWARDS, _SEARCH = 20_000, 4_000, 500, 200
_PART = ".part"


@dataclass(frozen=True, slots=True)
class Summary:
    """What was written."""

    people: int
    works: int
    projects: int
    organizations: int
    seed: int
    mix: str
    records: dict[str, int]
    """Native records by source and kind."""
    bytes: int
    answers: dict[str, dict[str, int]]
    corrected: int
    """People whose identifiers were set right so that the shown answers are part of the true ones."""
    seconds: float
    records_per_second: float


class Task(NamedTuple):
    """One file or part of a file: what it holds, which numbers, where it goes."""

    kind: str
    begin: int
    end: int
    path: Path


Progress = Callable[[str, int, int], None]
"""Hears stage, done and total."""


def generate(
    out: Path, *, people: int, works: int, projects: int | None = None, seed: int = 1, mix: str = "real",
    workers: int = 1, progress: Progress = lambda *_: None,
) -> Summary:  # fmt: skip
    """Writes the country of these arguments into `out`.

    The same arguments give the same bytes, whatever the number of workers. Raises `FixInput` for arguments that
    make no country and for a folder that holds something else.
    """
    started = time.monotonic()
    grants = people // 4 if projects is None else projects
    _check(people, works, grants, mix)
    arguments = {"people": people, "works": works, "projects": grants, "seed": seed, "mix": mix, "version": VERSION}
    _prepare(out, arguments)
    done = 0

    def drawn(count: int) -> None:
        nonlocal done
        done += count
        progress("draw", done, works)

    world = build_world(people, works, grants, seed, MIXES[mix], drawn)
    found, corrected = settle(world)
    progress("answers", len(found), len(found))
    voice = Voice(world)
    counts, topics = _write(voice, out, workers, progress)
    _finish(voice, out, found, topics, mix != "easy", counts)
    _mark(out, arguments, True)
    size = sum(f.stat().st_size for f in sorted(out.rglob("*")) if f.is_file())
    seconds = time.monotonic() - started
    answers = {a.question.code: {"expected": len(a.expected), "hard": len(a.hard)} for a in found}
    total = sum(counts.values())
    return Summary(people, works, len(world.projects), world.organizations, seed, mix, dict(sorted(counts.items())), size,
                   answers, corrected, round(seconds, 2), round(total / max(seconds, 1e-9), 1))  # fmt: skip


def _check(people: int, works: int, projects: int, mix: str) -> None:
    if not 20 <= people <= MOST_PEOPLE:
        raise FixInput(f"--people must be 20 to {MOST_PEOPLE:,}, not {people:,}.")
    if not 1 <= works <= MOST_WORKS:
        raise FixInput(f"--works must be 1 to {MOST_WORKS:,}, not {works:,}.")
    if not 1 <= projects <= 900_000:
        raise FixInput(f"--projects must be 1 to 900,000, not {projects:,}.")
    if mix not in MIXES:
        raise FixInput(f"--mix must be one of {', '.join(MIXES)}, not «{mix}».")


def _prepare(out: Path, arguments: dict[str, object]) -> None:
    """An empty folder, or an earlier country that is replaced. Anything else stays untouched."""
    if out.exists() and not out.is_dir():
        raise FixInput(f"{out} is a file.", next_step="Name a folder with --out.")
    if out.is_dir() and any(out.iterdir()):
        if not _is_ours(out):
            raise FixInput(
                f"{out} is not empty and holds no earlier country.", next_step="Name another folder with --out."
            )
        for folder in FOLDERS:
            shutil.rmtree(out / folder, ignore_errors=True)
    try:
        for folder in FOLDERS:
            (out / folder).mkdir(parents=True)
        _mark(out, arguments, False)
    except OSError as e:
        raise FixSetup(f"Cannot write to {out}: {e.strerror}.", next_step="Name a writable folder with --out.") from e


def _is_ours(out: Path) -> bool:
    try:
        mark = json.loads((out / "synth.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    names = {f.name for f in out.iterdir()}
    return isinstance(mark, dict) and mark.get("generator") == GENERATOR and names <= {*FOLDERS, "synth.json"}


def _mark(out: Path, arguments: dict[str, object], complete: bool) -> None:
    text = json.dumps({"generator": GENERATOR, **arguments, "complete": complete}, indent=1)
    (out / "synth.json").write_text(text + "\n", encoding="utf-8")


# --- tasks ----------------------------------------------------------------------------------------------------


def _tasks(voice: Voice, out: Path) -> list[Task]:
    world = voice.world
    people, works, projects = len(world.people), len(world.works), len(world.projects)
    orcid = len(_STATE.orcid)
    kinds = (
        ("articles", works, _WORKS, "cinii/articles-{:03d}.jsonl"),
        ("search", works, _WORKS, "cinii/search-{:03d}.part"),
        ("cinii_projects", projects, _AWARDS * 10, "cinii/projects-{:03d}.part"),
        ("cinii_researchers", people, _PEOPLE * 5, "cinii/researchers-{:03d}.jsonl"),
        ("profiles", people, _PEOPLE, "researchmap/researchers-{:03d}.jsonl"),
        ("awards", projects, _AWARDS, "kaken/projects-{:03d}.xml"),
        ("nrid", people, _PEOPLE, "kaken/researchers-{:03d}.jsonl"),
        ("orcid", orcid, _PEOPLE // 4, "orcid/archive-{:04d}.part"),
        ("truth_people", people, _PEOPLE, "truth/people-{:04d}.part"),
        ("truth_works", works, _WORKS, "truth/works-{:04d}.part"),
        ("truth_projects", projects, _AWARDS * 10, "truth/projects-{:04d}.part"),
        ("collaborations", people, _PEOPLE * 2, "truth/collaborations-{:04d}.part"),
    )
    return [
        Task(kind, begin, min(begin + step, total), out / name.format(i))
        for kind, total, step, name in kinds
        for i, begin in enumerate(range(0, total, step), 1)
    ]


class _State:
    """What worker processes inherit: set in the parent before it forks."""

    voice: Voice
    orcid: list[int]
    by_project: tuple[list[int], list[int]]


_STATE = _State()


def _write(voice: Voice, out: Path, workers: int, progress: Progress) -> tuple[Counter[str], Counter[str]]:
    _STATE.voice, _STATE.orcid = voice, write_orcid.people_in_order(voice.world).tolist()
    _STATE.by_project = _reported(voice)
    tasks = _tasks(voice, out)
    counts: Counter[str] = Counter()
    topics: Counter[str] = Counter()
    for i, (kind, count, about) in enumerate(_run(tasks, workers), 1):
        counts[kind] += count
        topics.update(about)
        progress("write", i, len(tasks))
    return counts, topics


def _reported(voice: Voice) -> tuple[list[int], list[int]]:
    """Project → works that its report lists (CSR)."""
    w = voice.world.works
    which = np.flatnonzero(((w.flags & PRODUCT) > 0) & (w.project >= 0))
    order = which[np.argsort(w.project[which], kind="stable")]
    offsets = np.searchsorted(w.project[order], np.arange(len(voice.world.projects) + 1))
    return offsets.tolist(), order.tolist()


def _run(tasks: list[Task], workers: int) -> Iterator[tuple[str, int, Counter[str]]]:
    if workers < 2 or len(tasks) < 40 or "fork" not in multiprocessing.get_all_start_methods():
        yield from map(_do, tasks)
        return
    # forked children see the world without copying it; each writes whole files
    with multiprocessing.get_context("fork").Pool(workers) as pool:
        yield from pool.imap_unordered(_do, tasks)


def _do(task: Task) -> tuple[str, int, Counter[str]]:
    """Writes one task's file; returns its kind, the native records in it and the topics met."""
    voice, begin, end = _STATE.voice, task.begin, task.end
    topics: Counter[str] = Counter()
    count = 0
    with task.path.open("wb") as file:
        if task.kind == "orcid":
            file.write(write_orcid.fragment(voice, _STATE.orcid[begin:end], begin == 0))
            return "orcid", end - begin, topics
        if task.kind == "awards":
            outputs = write_kaken.outputs_of(voice, begin, end, _STATE.by_project)
            awards = list(write_kaken.grant_awards(voice, begin, end, outputs))
            file.write(write_kaken.project_file(awards))
            return "kaken projects", len(awards), topics
        for count, line in enumerate(_lines(task, voice, topics), 1):  # noqa: B007  # read after the loop
            file.write(line)
    return _NAMES[task.kind], 0 if task.kind.startswith(("truth", "collab")) else count, topics


_NAMES = {
    "articles": "cinii works", "search": "cinii search items", "cinii_projects": "cinii project items",
    "cinii_researchers": "cinii researchers", "profiles": "researchmap", "nrid": "kaken researchers",
    "truth_people": "truth", "truth_works": "truth", "truth_projects": "truth", "collaborations": "truth",
}  # fmt: skip


def _lines(task: Task, voice: Voice, topics: Counter[str]) -> Iterator[bytes]:
    begin, end = task.begin, task.end
    if task.kind == "truth_works":
        yield from truth.works(voice, begin, end, topics)
    elif task.kind in ("search", "cinii_projects"):
        items = write_cinii.search_items if task.kind == "search" else write_cinii.project_items
        for item in items(voice, begin, end):
            yield item.encode() + b"\n"
    elif task.kind.startswith(("truth", "collab")):
        source = {
            "truth_people": truth.people,
            "truth_projects": truth.projects,
            "collaborations": truth.collaborations,
        }
        yield from source[task.kind](voice, begin, end)
    else:
        writers = {
            "articles": write_cinii.articles, "cinii_researchers": write_cinii.researchers,
            "profiles": write_researchmap.profiles, "nrid": write_kaken.researchers,
        }  # fmt: skip
        for line in writers[task.kind](voice, begin, end):
            yield line + b"\n"


# --- what follows from the parts --------------------------------------------------------------------------------


def _finish(
    voice: Voice, out: Path, answers: list[Answer], topics: Counter[str], broken: bool, counts: Counter[str]
) -> None:
    _search_files(out / "cinii", "search", "articles")
    _search_files(out / "cinii", "projects", "projects")
    if broken:
        counts["broken"] += _broken(out)
    with (out / "orcid" / f"{write_orcid.ARCHIVE}.tar.gz").open("wb") as archive:
        _join(sorted((out / "orcid").glob(f"*{_PART}")), archive)
        if broken:
            archive.write(write_orcid.broken_fragment())
            counts["broken"] += 2
        archive.write(write_orcid.ending())
    for name in ("people", "works", "projects", "collaborations"):
        with (out / "truth" / f"{name}.jsonl").open("wb") as file:
            _join(sorted((out / "truth").glob(f"{name}-*{_PART}")), file)
    rest = {
        "organizations": truth.organizations(voice), "topics": truth.topics(voice, topics),
        "wrong_identifiers": truth.wrong_identifiers(voice), "answers": truth.answers(voice, answers),
        "planted": truth.planted(voice),
    }  # fmt: skip
    for name, lines in rest.items():
        with (out / "truth" / f"{name}.jsonl").open("wb") as file:
            file.writelines(lines)
    for file_ in [*(out / "cinii").glob("researchers-*.jsonl"), *(out / "researchmap").glob("*.jsonl")]:
        if not file_.stat().st_size:
            file_.unlink()


def _join(parts: list[Path], into: BinaryIO) -> None:
    for part in parts:
        with part.open("rb") as source:
            shutil.copyfileobj(source, into, 1 << 20)
        part.unlink()


def _search_files(folder: Path, name: str, query: str) -> None:
    """Search answers of 200 items from the items that workers left."""
    items: list[str] = []
    page = 0
    for part in sorted(folder.glob(f"{name}-*{_PART}")):
        with part.open(encoding="utf-8") as lines:
            for line in lines:
                items.append(line.rstrip("\n"))
                if len(items) == _SEARCH:
                    page += 1
                    (folder / f"{name}-{page:03d}.json").write_bytes(write_cinii.search_answer(items, query, page))
                    items = []
        part.unlink()
    if items:
        (folder / f"{name}-{page + 1:03d}.json").write_bytes(write_cinii.search_answer(items, query, page + 1))


def _broken(out: Path) -> int:
    """A few records that nobody can read, as every harvest has them."""
    crid = "https://cir.nii.ac.jp/crid/1390999999999999999.json"
    lines = {
        "cinii/articles": f'{{"@id":"{crid}","@type":"Article","dc:title":[{{"@language":"ja","@value":"架空の途切れた\n',
        "researchmap/researchers": '{"@id":"https://api.researchmap.jp/synth_broken","@type":"researchers","@graph":[\n',
    }
    for start, line in lines.items():
        with max(out.glob(f"{start}-*.jsonl")).open("a", encoding="utf-8") as file:
            file.write(line)
    (out / "kaken" / "projects-broken.xml").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<grantAwards>\n<grantAward id="KAKENHI-PROJECT-99ZK999999" '
        'awardNumber="99ZK999999" projectType="project"><summary xml:lang="ja"><title>架空の途切れた課題</title>\n',
        encoding="utf-8",
    )
    return 3
