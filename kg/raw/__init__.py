"""The raw store: native bytes exactly as they came, with the receipt that makes them real.

Comes in: records cut by a loader's `split`. Goes out: the current bytes of each record, to the lake. Laid out as
`raw/packs/NNNNNNNN.pack` (zstd frames of many records) and `.parquet` (what stands where), `raw/receipts/NNNNNNNN.json`
(one a batch, written last), `raw/known.sqlite` (a cache that can be thrown away). Refused bytes: `kg.raw.quarantine`.
"""

from kg.raw.quarantine import Quarantine
from kg.raw.receipts import Receipt
from kg.raw.store import RawStore

__all__ = ["Quarantine", "RawStore", "Receipt"]
