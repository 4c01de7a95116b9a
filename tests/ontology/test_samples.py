"""Every field that real records name is known to the schemes."""

from collections.abc import Iterator
from pathlib import Path

from kg.errors import BadRecord, NothingUsable
from kg.records import InField, SourceRef
from loaders import kaken, researchmap
from loaders.base import Document, Piece
from ontology.fields import closure, locate, read

FILES = {
    kaken: ("kaken/*.xml", "nrid/*.json"),
    researchmap: ("researchmap/*.json", "researchmap/*.jsonl", "researchmap/csv_*/*research_areas*.csv"),
}


def fields_met(samples: Path) -> Iterator[InField]:
    for loader, patterns in FILES.items():
        for path in sorted(p for pattern in patterns for p in samples.glob(pattern)):
            try:
                pieces = [
                    p
                    for p in loader.split(Document(path.name, lambda path=path: path.open("rb")))
                    if isinstance(p, Piece)
                ]
            except NothingUsable:  # master tables and site outputs, which hold no records
                continue
            for piece in pieces:
                ref = SourceRef(
                    source=loader.SOURCE, form=piece.form, record_id=piece.record_id, content_hash="", retrieved=""
                )
                try:
                    yield from (r for r in loader.to_records(piece.raw, ref, piece.context) if isinstance(r, InField))
                except BadRecord:  # broken on purpose, says the manifest
                    continue


def test_every_field_of_the_samples_is_known(samples: Path) -> None:
    """Sections, 細目, 領域 and researchmap areas of all sample records are located in their schemes, and each 細目 and
    area leads on to a section."""
    tables = read()
    met = list(fields_met(samples))
    assert len(met) >= 300
    unknown, lonely = set(), set()
    for row in met:
        field = locate(row.scheme, row.notation, row.label, tables, level=row.level, label_en=row.label_en or "")
        if field is None:
            unknown.add((row.scheme, row.notation, row.label))
        elif row.level == "細目" or row.scheme == "researchmap-area":
            sections = {f for f in closure([field], tables) if f.startswith("kaken-section:")}
            lonely |= set() if sections else {field}
    assert unknown == set()
    assert lonely == set()
