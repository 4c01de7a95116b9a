"""Identity: which mentions are the same person, work, project, organisation or venue, by hard identifiers only.

Comes in: mentions, identifiers and names of the lake, minted ids of the ledger. Goes out: an entity for each
mention that has one, and the conflicts that were kept apart. Stages are in `kg/identity/sql/`.
"""
