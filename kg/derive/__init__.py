"""Derive: the tables of a release, from the lake's rows and what identity made of them.

Comes in: `lake_<table>` and the identity tables of one database. Goes out: one table a record class, with persistent
ids, and what follows from them: fields, periods, collaborations, search documents. Stages are in `kg/derive/sql/`.
"""
