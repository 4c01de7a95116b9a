"""The lake: what all current native records say, as typed Parquet, before identity.

Comes in: entries of the raw store. Goes out: one Parquet file a table and bucket under `lake/buckets/`, sorted by
record and within it as the loader gives them, byte-equal for the same inputs whatever the number of workers or the
order of import.
"""
