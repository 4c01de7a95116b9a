"""The lake follows the raw store: only what changed is read, and how it came to be cannot be seen in its bytes."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from kg.importing import import_records
from kg.lake import normalise as normalise_module
from kg.lake.normalise import BUCKETS, Lake, normalise
from kg.lake.pool import Pool
from kg.lake.schema import BUCKET_BITS, RECORD_BITS
from kg.raw import RawStore
from kg.settings import Settings
from tests.raw.cinii import answer, item, record_id

COUNT = 120


def take(settings: Settings, folder: Path, items: dict[int, bytes]) -> None:
    folder.mkdir(exist_ok=True)
    path = folder / f"{len(list(folder.iterdir()))}.json"
    path.write_bytes(answer(items.values()))
    import_records(settings, "cinii", (str(path),))


def follow(settings: Settings, workers: int = 1, keep: set[str] | None = None) -> Lake:
    with Pool(workers) as pool:
        return normalise(settings.lake, RawStore(settings.raw), pool, keep=keep)


def contents(lake: Lake) -> dict[str, str]:
    """Digest of each file of the lake's current buckets."""
    return {
        f"{name}/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest()
        for name in lake.buckets
        for path in sorted((lake.folder / "buckets" / name).iterdir())
    }


def titles(lake: Lake) -> dict[str, str]:
    """Title by record."""
    found: dict[str, str] = {}
    for path in lake.files("work"):
        table = pq.read_table(path, columns=["source_record", "title_ja"])
        found.update(zip(table["source_record"].to_pylist(), table["title_ja"].to_pylist(), strict=True))
    return found


@pytest.fixture
def filled(settings: Settings, tmp_path: Path) -> Settings:
    take(settings, tmp_path / "in", {n: item(n) for n in range(COUNT)})
    return settings


def test_every_record_is_in_one_bucket_and_rows_are_by_record(filled: Settings) -> None:
    lake = follow(filled)
    assert (lake.records, lake.read, lake.removed) == (COUNT, COUNT, 0)
    assert len(lake.buckets) == BUCKETS
    assert set(titles(lake)) == {f"cinii:item:{record_id(n)}" for n in range(COUNT)}
    for path in lake.files("authored"):
        table = pq.read_table(path, columns=["source_record", "rec", "rid"])
        records, numbers = table["source_record"].to_pylist(), table["rid"].to_pylist()
        assert records == sorted(records)
        assert numbers == sorted(set(numbers))
        bucket = int(path.parent.name[:2])
        assert {n >> BUCKET_BITS for n in numbers} == {bucket}
        assert [n >> RECORD_BITS for n in numbers] == [r >> RECORD_BITS for r in table["rec"].to_pylist()]


def test_local_keys_have_the_same_number_in_all_tables(filled: Settings) -> None:
    lake = follow(filled)
    for works, authors in zip(lake.files("work"), lake.files("authored"), strict=True):
        of_work = pq.read_table(works, columns=["id", "id_n"]).to_pydict()
        number = dict(zip(of_work["id"], of_work["id_n"], strict=True))
        told = pq.read_table(authors, columns=["work", "work_n"]).to_pylist()
        assert told
        assert all(number[row["work"]] == row["work_n"] for row in told)


def test_workers_chunks_and_order_of_import_leave_no_trace(
    filled: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Settings(home=tmp_path / "other")
    for n in reversed(range(0, COUNT, 40)):
        take(other, tmp_path / "in2", {k: item(k) for k in reversed(range(n, n + 40))})
    monkeypatch.setattr(normalise_module, "CHUNK_RECORDS", 17)
    monkeypatch.setattr("kg.raw.store.RawStore._dated", _undated)
    assert contents(follow(other, workers=2)) == contents(follow(filled))


def _undated(store: RawStore, receipt: object) -> object:
    """`_dated` with one time for all receipts: the time of retrieval is part of the rows."""
    table = _dated(store, receipt)  # type: ignore[arg-type]
    at = table.schema.get_field_index("retrieved")
    return table.set_column(at, table.schema.field(at), [["2026-01-01T00:00:00Z"] * table.num_rows])


_dated = RawStore._dated  # the test replaces what it gives


def test_only_changed_records_are_read_again(filled: Settings, tmp_path: Path) -> None:
    before = follow(filled)
    take(filled, tmp_path / "in", {n: item(n, "新しい題") for n in (3, 77)})
    after = follow(filled, keep=set(before.buckets))
    assert (after.records, after.read, after.removed) == (COUNT, 2, 0)
    assert len(set(after.buckets) - set(before.buckets)) <= 2
    changed = {k for k, title in titles(after).items() if title != titles(before)[k]}
    assert changed == {f"cinii:item:{record_id(n)}" for n in (3, 77)}


def test_a_lake_that_followed_equals_one_made_at_once(filled: Settings, tmp_path: Path) -> None:
    follow(filled)
    take(filled, tmp_path / "in", {n: item(n, "新しい題") for n in range(0, COUNT + 9, 7)})
    followed = follow(filled)
    fresh = Settings(home=tmp_path / "fresh")
    fresh.home.mkdir()
    (fresh.home / "raw").symlink_to(filled.raw)
    assert contents(follow(fresh)) == contents(followed)


def test_nothing_is_read_where_nothing_changed(filled: Settings) -> None:
    first = contents(follow(filled))
    again = follow(filled)
    assert again.read == 0
    assert contents(again) == first


def test_a_bucket_that_lost_bytes_is_made_again(filled: Settings) -> None:
    lake = follow(filled)
    first = contents(lake)
    victim = lake.files("work")[0]
    victim.write_bytes(victim.read_bytes()[:-10])
    mended = follow(filled)
    assert 0 < mended.read < COUNT
    assert contents(mended) == first


def test_what_a_killed_run_left_is_swept(filled: Settings) -> None:
    follow(filled)
    stray = [filled.lake / "tmp-1", filled.lake / "buckets" / "tmp-00-x", filled.lake / "buckets" / "00-unknown"]
    for path in stray:
        path.mkdir()
    follow(filled)
    assert not [p for p in stray if p.exists()]


def test_folders_that_a_release_needs_are_kept(filled: Settings, tmp_path: Path) -> None:
    before = follow(filled)
    take(filled, tmp_path / "in", {1: item(1, "新しい題")})
    after = follow(filled, keep=set(before.buckets))
    gone = set(before.buckets) - set(after.buckets)
    assert gone
    assert all((filled.lake / "buckets" / name).is_dir() for name in gone)
    follow(filled)
    assert not any((filled.lake / "buckets" / name).exists() for name in gone)


def test_a_refused_record_is_named_and_the_rest_is_read(
    filled: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kg.errors import BadRecord
    from kg.lake import reading

    real = reading.record_rows

    def picky(ref: object, raw: bytes, context: str = "") -> object:
        if record_id(5) in str(ref):
            raise BadRecord("$.title", "no title of any kind")
        return real(ref, raw, context)  # type: ignore[arg-type]

    monkeypatch.setattr(reading, "record_rows", picky)
    lake = follow(filled)
    assert lake.refused == (
        {
            "record": f"cinii:item:{record_id(5)}",
            "source": "cinii",
            "path": "$.title",
            "reason": "no title of any kind",
        },
    )
    assert len(titles(lake)) == COUNT - 1
    take(filled, tmp_path / "in", {6: item(6, "新しい題")})
    assert follow(filled).refused == lake.refused  # kept while the record stays as it is
