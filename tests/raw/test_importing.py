"""An import takes every record once, keeps what it refuses, and changes nothing when it is repeated."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import os
import signal
import tarfile
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from kg.errors import FixInput, FixSetup, TryAgain
from kg.importing import Imported, import_records, retry_quarantine, stoppable
from kg.raw import Quarantine, RawStore, writer
from kg.raw import packs as packs_module
from kg.raw.disk import only_one
from kg.settings import Settings
from tests.raw.cinii import answer, item, lines, record_id


def take(settings: Settings, *paths: Path | str, source: str = "cinii", **options: object) -> Imported:
    return import_records(settings, source, tuple(map(str, paths)), **options)  # type: ignore[arg-type]


def stored(settings: Settings) -> dict[str, bytes]:
    """Record id → current bytes; fails where a record is there twice."""
    store = RawStore(settings.raw)
    rows = [row for batch in store.read(store.entries()) for row in batch.to_pylist()]
    found = {row["record_id"]: row["raw"] for row in rows}
    assert len(found) == len(rows)
    return found


def snapshot(folder: Path) -> dict[str, bytes]:
    """Receipts, packs and indexes as they are."""
    return {p.name: p.read_bytes() for p in sorted(folder.rglob("*")) if p.suffix in (".json", ".pack", ".parquet")}


def write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def tar_of(members: dict[str, bytes], mode: str = "w") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def zip_of(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


ITEMS = [item(n) for n in range(30)]
WANTED = {record_id(n): item(n) for n in range(30)}
HALVES = {"一.json": answer(ITEMS[:15]), "deep/two.jsonl": lines(ITEMS[15:])}
GZIPPED = {"一.json.gz": gzip.compress(HALVES["一.json"]), "two.jsonl": HALVES["deep/two.jsonl"]}

CONTAINERS: dict[str, bytes] = {
    "answer.json": answer(ITEMS),
    "lines.jsonl": lines(ITEMS),
    "list.json": b"[" + b",".join(ITEMS) + b"]",
    "utf16.json": answer(ITEMS).decode().encode("utf-16"),
    "x.json.gz": gzip.compress(answer(ITEMS)),
    "two members.gz": gzip.compress(lines(ITEMS[:10])) + gzip.compress(lines(ITEMS[10:])),
    "x.jsonl.zst": zstandard.compress(lines(ITEMS)),
    "two frames.zst": zstandard.compress(lines(ITEMS[:10])) + zstandard.compress(lines(ITEMS[10:])),
    "x.bz2": bz2.compress(lines(ITEMS)),
    "x.xz": lzma.compress(lines(ITEMS)),
    "x.tar": tar_of(HALVES),
    "x.tar.gz": tar_of(HALVES, "w:gz"),
    "x.tgz": tar_of(GZIPPED, "w:gz"),
    "x.tar.zst": zstandard.compress(tar_of(HALVES)),
    "x.zip": zip_of(HALVES),
    "zip of gzip.zip": zip_of(GZIPPED),
    "tar of zip.tar": tar_of({"a.zip": zip_of(HALVES)}),
    "zip in gzip.gz": gzip.compress(zip_of(HALVES)),
    "no ending": tar_of(HALVES, "w:gz"),
}


@pytest.mark.parametrize("name", sorted(CONTAINERS))
def test_every_container_gives_the_same_records(name: str, settings: Settings, tmp_path: Path):
    """Whatever a file is packed in, its records are the same, byte by byte, and each stands in the store once."""
    result = take(settings, write(tmp_path / "入 力" / name, CONTAINERS[name]))
    assert (result.records, result.new, result.quarantined, result.exit_code) == (30, 30, 0, 0)
    if name == "utf16.json":
        assert set(stored(settings)) == set(WANTED)
    else:
        assert stored(settings) == WANTED


def test_folders_and_patterns_are_gone_through_without_hidden_files(settings: Settings, tmp_path: Path):
    """A folder gives all its files, a pattern its matches; hidden files and a file named twice count once or never."""
    folder = tmp_path / "資 料"
    write(folder / "b" / "one.json", answer(ITEMS[:10]))
    write(folder / "a.jsonl", lines(ITEMS[10:20]))
    write(folder / ".hidden.jsonl", lines(ITEMS[20:]))
    assert take(settings, folder, folder / "a.jsonl").records == 20
    assert take(settings, str(folder / "**" / "*.json*")).unchanged == 20
    with pytest.raises(FixInput, match=r"no file .*nothing\*\.json"):
        take(settings, str(folder / "nothing*.json"))


def test_standard_input_is_read(settings: Settings, monkeypatch: pytest.MonkeyPatch):
    """`-` takes records (here packed) from standard input."""
    packed = io.BytesIO(gzip.compress(lines(ITEMS)))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(packed))
    assert take(settings, "-").new == 30
    assert stored(settings) == WANTED


def test_importing_twice_changes_nothing(settings: Settings, tmp_path: Path):
    """The second import of good and bad records, versions included, writes no byte."""
    two_versions = lines([*ITEMS, b'{"broken": ', item(3, "別の題"), item(4, "別の題")])
    path = write(tmp_path / "x.jsonl", two_versions)
    first = take(settings, path)
    assert (first.new, first.changed, first.quarantined, first.exit_code) == (30, 2, 1, 3)
    before, refused = snapshot(settings.home), Quarantine(settings.quarantine).entries()
    second = take(settings, path)
    assert (second.new, second.changed, second.again, second.receipts) == (0, 0, 0, [])
    assert (second.quarantined, second.quarantined_new, second.exit_code) == (1, 0, 3)
    assert snapshot(settings.home) == before
    assert Quarantine(settings.quarantine).entries() == refused
    assert stored(settings)[record_id(3)] == item(3, "別の題")


def test_a_record_that_returns_to_older_bytes_becomes_current_again(settings: Settings, tmp_path: Path):
    """A, then B, then A: A is current, and no byte was copied for it."""
    a, b = write(tmp_path / "a", lines([item(1, "A"), item(2)])), write(tmp_path / "b", lines([item(1, "B")]))
    take(settings, a)
    assert take(settings, b).changed == 1
    assert stored(settings)[record_id(1)] == item(1, "B")
    packs = set(RawStore(settings.raw).packs.glob("*.pack"))
    again = take(settings, a)
    assert (again.again, again.new, again.changed, len(again.receipts)) == (1, 0, 0, 1)
    assert stored(settings)[record_id(1)] == item(1, "A")
    assert set(RawStore(settings.raw).packs.glob("*.pack")) == packs
    receipt = RawStore(settings.raw).receipts()[-1]
    assert (receipt.pack, receipt.again, receipt.index.rows) == (None, 1, 1)
    assert take(settings, a).receipts == []
    assert take(settings, b).again == 1
    assert stored(settings)[record_id(1)] == item(1, "B")


def test_the_cache_can_be_thrown_away(settings: Settings, tmp_path: Path):
    """Without, or with a damaged, `known.sqlite` the store still knows what it holds."""
    path = write(tmp_path / "x", lines(ITEMS))
    take(settings, path)
    for content in (None, b"no database at all" * 100):
        for file in settings.raw.glob("known.sqlite*"):
            file.unlink()
        if content:
            write(settings.raw / "known.sqlite", content)
        assert take(settings, path).unchanged == 30


def test_bad_records_go_to_quarantine_and_the_rest_goes_on(settings: Settings, tmp_path: Path):
    """Each refused part is kept with document, path, reason and bytes; a retry leaves what is still bad."""
    said: list[str] = []
    path = write(tmp_path / "混在.jsonl", lines([ITEMS[0], b'{"title": "cut', ITEMS[1], b"\xff\xfe\xfd{", ITEMS[2]]))
    result = take(settings, path, say=said.append)
    assert (result.new, result.quarantined, result.exit_code) == (3, 2, 3)
    entries = Quarantine(settings.quarantine).entries("cinii")
    assert [e.document for e in entries] == [str(path)] * 2
    assert all(e.path and e.reason for e in entries)
    assert {Quarantine(settings.quarantine).raw(e.id) for e in entries} == {b'{"title": "cut', b"\xff\xfe\xfd{"}
    assert all(str(path) in line and "kg quarantine" in line for line in said)
    retried = retry_quarantine(settings)
    assert (retried.tried, retried.solved, retried.remaining, retried.exit_code) == (2, 0, 2, 3)


def test_a_corrected_loader_takes_what_was_refused(settings: Settings, tmp_path: Path):
    """A retry cuts the kept bytes again; what works now is a record and leaves the quarantine."""
    from kg.raw.quarantine import refused

    quarantine = Quarantine(settings.quarantine)
    quarantine.add_all([(refused("cinii", "split", "x.json", "$.items[3]", "a loader's fault", item(7)), item(7))])
    retried = retry_quarantine(settings)
    assert (retried.solved, retried.records, retried.remaining, retried.exit_code) == (1, 1, 0, 0)
    assert stored(settings) == {record_id(7): item(7)}
    assert quarantine.entries() == []


def test_nothing_usable_is_said(settings: Settings, tmp_path: Path):
    """A document of another kind is named, not quarantined; alone it means exit code 4."""
    other = write(tmp_path / "readme.txt", "これは記録ではない".encode())
    result = take(settings, other)
    assert (result.exit_code, result.quarantined, result.unusable_documents) == (4, 0, 1)
    assert str(other) in result.unusable[0]
    assert take(settings, other, write(tmp_path / "x.json", answer(ITEMS))).exit_code == 0


@pytest.mark.parametrize("name", ["x.json.gz", "x.tar.gz", "x.zip", "x.jsonl.zst", "x.xz"])
def test_a_damaged_archive_gives_what_stands_before_the_damage(name: str, settings: Settings, tmp_path: Path):
    """A cut archive is quarantined by name and stops nothing: the next file still comes."""
    whole = CONTAINERS[name]
    cut = write(tmp_path / name, whole[: len(whole) * 2 // 3])
    result = take(settings, cut, write(tmp_path / "z.jsonl", lines(ITEMS[:1])))
    assert result.exit_code == 3
    assert record_id(0) in stored(settings)
    assert any(e.document.startswith(str(cut)) for e in Quarantine(settings.quarantine).entries())


def test_a_loader_that_fails_is_kept_and_counted(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What a loader did not foresee stops one document, not the import."""
    import loaders.cinii

    def split(document: object) -> object:
        raise ZeroDivisionError("unforeseen")

    good, bad = write(tmp_path / "a", lines(ITEMS[:2])), write(tmp_path / "b", lines(ITEMS[2:]))
    take(settings, good)
    monkeypatch.setattr(loaders.cinii, "split", split)
    result = take(settings, bad)
    assert (result.quarantined, result.exit_code) == (1, 4)
    assert "ZeroDivisionError: unforeseen" in Quarantine(settings.quarantine).entries()[0].reason


def test_dry_run_writes_nothing(settings: Settings, tmp_path: Path):
    """A dry run counts as the import would, and does not even make the folder."""
    path = write(tmp_path / "x", lines([*ITEMS, item(1, "B"), b"{"]))
    result = take(settings, path, dry_run=True)
    assert (result.new, result.changed, result.quarantined) == (30, 1, 1)
    assert not settings.home.exists()
    take(settings, write(tmp_path / "y", lines(ITEMS)))
    before = snapshot(settings.home)
    assert take(settings, path, dry_run=True).unchanged == 30
    assert snapshot(settings.home) == before


def test_check_reads_every_record(settings: Settings, tmp_path: Path):
    """`--check` counts rows, skipped parts and unreadable records beside the import."""
    path = write(tmp_path / "x", lines([*ITEMS, item(40).replace(b"2020-04", b"no date")]))
    checked = take(settings, path, check=True).checked
    assert checked is not None
    assert (checked.records, checked.unreadable, checked.rows["work"]) == (31, 0, 31)
    assert checked.skipped == 1
    assert next(iter(checked.reasons)).startswith("prism:publicationDate")


def test_interrupted_import_finishes_its_batch_and_goes_on(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """After Ctrl-C what was met has a receipt; the next run takes exactly the rest."""
    monkeypatch.setattr("kg.raw.cutting.CHUNK_RECORDS", 4)
    path = write(tmp_path / "x", lines(ITEMS))
    with stoppable() as stop:
        result = take(settings, path, stop=stop, watch=lambda state: os.kill(os.getpid(), signal.SIGINT))
    assert (result.interrupted, result.exit_code, result.new) == (True, 130, 4)
    assert len(stored(settings)) == 4
    progress = RawStore(settings.raw).receipts()[-1].documents[0]
    assert (progress.records, progress.complete) == (4, False)
    rest = take(settings, path)
    assert (rest.new, rest.unchanged) == (26, 4)
    assert stored(settings) == WANTED


def test_a_second_ctrl_c_stops_at_once(settings: Settings):
    """Whoever presses it again does not want to wait for the batch."""
    with stoppable() as stop:
        os.kill(os.getpid(), signal.SIGINT)
        assert stop.is_set()
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)


def test_signals_outside_the_main_thread_are_left_alone():
    """An import that another program runs in a thread does not touch its signals."""
    seen: list[bool] = []

    def run() -> None:
        with stoppable() as stop:
            seen.append(stop.is_set())

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert seen == [False]


def test_only_one_import_at_a_time(settings: Settings, tmp_path: Path):
    """A second writer is told which process holds the store."""
    with only_one(settings.raw, "import"), pytest.raises(TryAgain, match=f"process {os.getpid()}"):
        take(settings, write(tmp_path / "x", lines(ITEMS)))


def test_a_full_disk_is_said_plainly_and_loses_nothing(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """When the disk fills up, the message says so; what had a receipt stays, and the next run goes on."""
    take(settings, write(tmp_path / "a", lines(ITEMS[:5])))
    with monkeypatch.context() as full:
        full.setattr(packs_module.os, "fsync", lambda fd: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        with pytest.raises(FixSetup, match=r"disk that holds .* is full"):
            take(settings, write(tmp_path / "b", lines(ITEMS)))
    assert len(stored(settings)) == 5
    assert take(settings, tmp_path / "b").new == 25


def test_batches_are_committed_while_the_import_runs(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """A batch has a bounded number of records, each batch its receipt; together they are all records."""
    monkeypatch.setattr("kg.raw.writer.BATCH_RECORDS", 7)
    monkeypatch.setattr("kg.raw.cutting.CHUNK_RECORDS", 3)
    result = take(settings, write(tmp_path / "x", lines(ITEMS)))
    receipts = RawStore(settings.raw).receipts()
    assert [r.id for r in receipts] == result.receipts
    assert [r.new for r in receipts] == [9, 9, 9, 3]
    assert receipts[-1].documents[-1].complete
    assert stored(settings) == WANTED


def test_many_processes_give_what_one_gives(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Inputs cut in two processes come in the same order with the same bytes."""
    monkeypatch.setattr("kg.raw.cutting.PARALLEL_FROM", 0)
    for n in range(6):
        write(tmp_path / "in" / f"{n}.jsonl", lines([*ITEMS[n * 5 : n * 5 + 5], item(1, f"version {n}")]))
    write(tmp_path / "in" / "bad.jsonl", lines([b"{"]))
    many = Settings(home=tmp_path / "many", workers=2)
    one, two = take(settings, tmp_path / "in"), take(many, tmp_path / "in")
    assert (one.new, one.changed, one.quarantined) == (two.new, two.changed, two.quarantined)
    assert stored(settings) == stored(many)
    assert stored(many)[record_id(1)] == item(1, "version 5")


@pytest.mark.parametrize("damage", ["pack", "index", "receipt"])
def test_damage_in_the_store_is_named(damage: str, settings: Settings, tmp_path: Path):
    """A pack, index or receipt that is not as written is an error with the file's name, never other bytes."""
    take(settings, write(tmp_path / "x", lines(ITEMS)))
    file = {"pack": "packs/00000001.pack", "index": "packs/00000001.parquet", "receipt": "receipts/00000001.json"}[
        damage
    ]
    path = settings.raw / file
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 8] = b"\0" * 8
    path.write_bytes(content[:-8] if damage == "index" else content)
    with pytest.raises(FixSetup, match=path.name):
        stored(settings)


def test_the_current_version_is_the_last_one_of_the_latest_receipt(settings: Settings):
    """Within a batch the version that came last is current, over batches the later receipt's."""
    store = RawStore(settings.raw)
    clock: Callable[[], str] = lambda: "2026-04-01T00:00:00Z"  # noqa: E731  # shorter than a function
    with writer.writer(store, clock) as into:
        for raw in (b"first", b"second"):
            digest = hashlib.sha256(raw).digest()
            into.take("cinii", "item", "1", raw, digest, "", "$", "d")
        into.commit(1, ())
    (row,) = store.entries().to_pylist()
    assert (row["retrieved"], row["receipt"], row["length"]) == ("2026-04-01T00:00:00Z", "00000001", 6)
    assert stored(settings) == {"1": b"second"}


def test_the_same_bytes_in_another_context_are_another_version(settings: Settings, tmp_path: Path):
    """A CSV row says something else under another header: context is part of the version."""

    store = RawStore(settings.raw)
    with writer.writer(store) as into:
        for context in ("id,title", "id,name", "id,name"):
            into.take("cinii", "item", "1", b"1,x", hashlib.sha256(b"1,x").digest(), context, "line 2", "d")
        receipt = into.commit(1, ())
    assert receipt is not None
    assert (receipt.new, receipt.changed) == (1, 1)
    assert store.entries()["context"].to_pylist() == ["id,name"]
