// Which release the server holds; no row where none is loaded.
MATCH (r:Release) RETURN r.id AS id
