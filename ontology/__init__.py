"""Turtle that librarians edit: classes, properties, field schemes, the RDF mapping. Python only reads and checks it."""
