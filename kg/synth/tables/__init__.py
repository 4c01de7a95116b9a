"""The generator's own tables, one reader a table. All are invented or common knowledge; none holds a real person."""
