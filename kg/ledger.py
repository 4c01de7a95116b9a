"""What was decided once and must not be forgotten: ids given out, ids joined, and what people decided.

Append-only, each event with actor, time and reason. Ids are minted in batches, one Parquet segment a build
(`ledger/segments/NNNNNNNN.parquet`); people's decisions are lines of `ledger/human.jsonl`. Both are on the disk when
a call returns; a kill leaves whole segments only. The same raw store and ledger give the same ids on any machine,
and so does the same raw store with an empty ledger: an id is made from its first anchor alone.

    >>> entity_id("person", "erad:80802743")
    'Pb05af8b00380858f'
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import duckdb
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kg.errors import FixSetup
from kg.identity.news import News
from kg.identity.schemes import KIND_LETTER
from kg.raw.disk import sync_file, sync_folder

Event = Literal["mint", "anchor", "drop", "redirect"]

SEGMENT = pa.schema(
    [
        pa.field("event", pa.string(), nullable=False),
        pa.field("id", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("anchor", pa.string()),
        pa.field("new", pa.string()),
        pa.field("actor", pa.string(), nullable=False),
        pa.field("at", pa.string(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
    ]
)
"""`mint`: an id is given out for its first anchor; `anchor`: a further anchor by which it is known; `drop`: the anchor
is no longer its own, since the entity lives on without it; `redirect`: the id means `new` from now on."""

MINTED = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("anchor", pa.string(), nullable=False),
        pa.field("origin", pa.bool_(), nullable=False),
        pa.field("held", pa.bool_(), nullable=False),
        pa.field("age", pa.int64(), nullable=False),
    ]
)
"""What identity asks of the ledger: by which anchors is each id known, each once; `origin`: it was minted from this
one; `held`: it was not dropped since; `age`: number of the segment that gave the id out."""


def entity_id(kind: str, anchor: str) -> str:
    """The id that an entity gets when it is first met: letter of its kind, 16 hex digits of its first anchor."""
    return KIND_LETTER[kind] + hashlib.sha256(f"{kind}|{anchor}".encode()).hexdigest()[:16]


def utc_now() -> str:
    """The time of an event: UTC, ISO 8601 with seconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True, kw_only=True)
class HumanEvent:
    """Something that a person decided: a merge, a split, an accepted or rejected assertion, an opt-out."""

    event: str
    subject: str
    actor: str
    reason: str
    at: str = field(default_factory=utc_now)
    facts: dict[str, Any] = field(default_factory=dict)


_STATE = """
WITH born AS (SELECT id, min(segment) AS age FROM told GROUP BY id),
latest AS (
  SELECT id, kind, anchor, arg_max(event, segment) <> 'drop' AS held, bool_or(event = 'mint') AS origin
  FROM told GROUP BY id, kind, anchor
)
SELECT l.id, l.kind, l.anchor, l.origin, l.held, b.age FROM latest l JOIN born b ON b.id = l.id
"""
"""What follows from all events but redirects: the last one of an anchor decides. A segment tells an anchor once."""


class Ledger:
    """The ledger in one folder (`settings.ledger`), which need not exist yet. One writer at a time: the build lock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def _segments(self) -> Path:
        return self.folder / "segments"

    @property
    def _human(self) -> Path:
        return self.folder / "human.jsonl"

    def segments(self) -> list[Path]:
        """Segments in the order in which they were written."""
        return sorted(self._segments.glob("[0-9]*.parquet"))

    def position(self) -> dict[str, Any]:
        """How far the ledger has come: part of what a release is made from."""
        human = self._human.read_bytes() if self._human.exists() else b""
        sizes = [(path.name, path.stat().st_size) for path in self.segments()]
        return {"segments": len(sizes), "bytes": sum(s for _, s in sizes), "human": hashlib.sha256(human).hexdigest()}

    def minted(self) -> pa.Table:
        """Ids with their anchors (schema `MINTED`), in no particular order."""
        parts = [self._told(path) for path in self.segments()]
        if not parts:
            return MINTED.empty_table()
        with duckdb.connect() as engine:
            engine.register("told", pa.concat_tables(parts))
            return engine.sql(_STATE).to_arrow_table().cast(MINTED)

    def redirects(self) -> pa.Table:
        """Where ids that were joined led to last: `old`, `new`."""
        latest: dict[str, str] = {}
        for path in self.segments():
            table = self._read(path, ["event", "id", "new"])
            table = table.filter(pc.equal(table["event"], "redirect"))
            latest.update(zip(table["id"].to_pylist(), table["new"].to_pylist(), strict=True))
        return pa.table(
            {"old": pa.array(list(latest), pa.string()), "new": pa.array(list(latest.values()), pa.string())}
        )

    def _told(self, path: Path) -> pa.Table:
        table = self._read(path, ["event", "id", "kind", "anchor"])
        table = table.filter(pc.not_equal(table["event"], "redirect"))
        return table.append_column("segment", pa.repeat(pa.scalar(int(path.stem), pa.int64()), table.num_rows))

    def _read(self, path: Path, columns: list[str] | None = None) -> pa.Table:
        try:
            return pq.read_table(path, columns=columns)
        except (OSError, pa.ArrowInvalid) as e:
            raise FixSetup(f"The ledger segment {path} is damaged: {e}.", next_step="Restore it from a copy.") from e

    def events(self) -> Iterator[dict[str, Any]]:
        """Machine events, oldest first, one at a time."""
        for path in self.segments():
            for batch in self._read(path).to_batches():
                yield from batch.to_pylist()

    def append(self, news: News, *, actor: str, reason: str, at: str | None = None) -> int:
        """One segment with what a build found. Gives the number of events.

        Durable on return. Writes nothing where there is nothing to say.
        """
        rows = pa.concat_tables([_anchor_events(news.anchors), _drop_events(news.lost), _redirect_events(news.joined)])
        if not rows.num_rows:
            return 0
        at = at or utc_now()
        for name, value in (("actor", actor), ("at", at), ("reason", reason)):
            rows = rows.append_column(name, pa.repeat(pa.scalar(value), rows.num_rows))
        rows = rows.sort_by([(n, "ascending") for n in ("kind", "id", "event", "anchor")])
        self._write(rows.select(SEGMENT.names).cast(SEGMENT))
        return int(rows.num_rows)

    def _write(self, rows: pa.Table) -> None:
        self._segments.mkdir(parents=True, exist_ok=True)
        known = self.segments()
        number = int(known[-1].stem) + 1 if known else 1
        draft = self._segments / f"tmp-{number:08d}"
        pq.write_table(rows, draft, compression="zstd")
        sync_file(draft)
        draft.rename(self._segments / f"{number:08d}.parquet")
        sync_folder(self._segments)

    def record(self, event: HumanEvent) -> None:
        """Appends what a person decided. Durable on return."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._human.open("ab") as file:
            file.truncate(self._whole_bytes())  # a last line that a kill cut short would spoil this one
            file.write(orjson.dumps(asdict(event)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        sync_folder(self.folder)

    def _whole_bytes(self) -> int:
        content = self._human.read_bytes()
        return content.rfind(b"\n") + 1

    def human_events(self) -> list[HumanEvent]:
        """What people decided, oldest first. A last line that a kill cut short is left out."""
        if not self._human.exists():
            return []
        lines = self._human.read_bytes().split(b"\n")[:-1]
        return [HumanEvent(**orjson.loads(line)) for line in lines if line.strip()]


def _anchor_events(anchors: pa.Table) -> pa.Table:
    event = pc.if_else(anchors["origin"], "mint", "anchor")
    return _events(event, anchors["id"], anchors["kind"], anchors["anchor"], None)


def _drop_events(lost: pa.Table) -> pa.Table:
    return _events(pa.repeat(pa.scalar("drop"), lost.num_rows), lost["id"], lost["kind"], lost["anchor"], None)


def _redirect_events(redirects: pa.Table) -> pa.Table:
    event = pa.repeat(pa.scalar("redirect"), redirects.num_rows)
    return _events(event, redirects["old"], redirects["kind"], None, redirects["new"])


def _events(event: Any, ids: Any, kind: Any, anchor: Any, new: Any) -> pa.Table:
    nothing = pa.nulls(len(ids), pa.string())
    columns = [event, ids, kind, nothing if anchor is None else anchor, nothing if new is None else new]
    schema = pa.schema([(n, pa.string()) for n in ("event", "id", "kind", "anchor", "new")])
    return pa.table(columns, schema=schema)
