"""The graph as the product reads it: one small port, one implementation an engine.

`kg.graph.port` says what can be asked; `kg.graph.embedded` answers from a release's DuckDB file and arrays.
"""
