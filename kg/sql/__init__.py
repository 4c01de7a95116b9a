"""SQL for analysts on a release: read-only that holds.

`kg.sql.guard` parses and allows by list; `kg.sql.worker` is the child process under hard limits that runs what passed;
`kg.sql.door` keeps a warm child, kills it at the time limit and says honestly where an answer was cut.
"""
