"""One module a source: bytes of one native record in, typed rows out, nothing touched.

A loader module has the source's name and offers what `loaders.base.Loader` describes: `SOURCE`, `VERSION`,
`split` (a document into native records) and `to_records` (one native record into rows). `loaders.registry`
lists them; a package outside joins by the entry point group `kg.loaders`.
"""
