"""A network as two Parquet files, for programs that build a graph from columns (networkx, igraph, graph-tool, pandas)."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from kg.errors import FixInput
from kg.network.select import Network, Part

FILES = ("nodes.parquet", "edges.parquet")


def write_parquet(network: Network, folder: Path, progress: Callable[[int], None] = lambda rows: None) -> None:
    """`nodes.parquet` and `edges.parquet` in a folder that appears only when both are whole.

    An earlier export in the folder is replaced. Raises `FixInput` where the folder holds anything else.
    """
    other = sorted(p.name for p in folder.iterdir() if p.name not in FILES) if folder.is_dir() else []
    if other or (folder.exists() and not folder.is_dir()):
        raise FixInput(
            f"{folder} holds other things{f' ({other[0]})' if other else ''}.",
            next_step="Name a folder that is new or holds an earlier export.",
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        metadata = {"release": network.release, "about": network.about}
        for name, part in zip(FILES, (network.nodes, network.edges), strict=True):
            _write(part, draft / name, metadata, progress)
        draft.chmod(0o755)
        if folder.exists():
            shutil.rmtree(folder)
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _write(part: Part, path: Path, metadata: dict[str, str], progress: Callable[[int], None]) -> None:
    schema: pa.Schema = part.schema.with_metadata(metadata)
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in part.batches():
            writer.write_batch(batch.replace_schema_metadata(schema.metadata))
            progress(batch.num_rows)
