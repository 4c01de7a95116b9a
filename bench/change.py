"""Change one record in a hundred of an invented country, as its sources would: other titles, same ids."""

from __future__ import annotations

import gzip
import io
import re
import shutil
import tarfile
from pathlib import Path

_TITLES = (
    re.compile(rb'("dc:title": ?\[\{"@language": ?"ja", ?"@value": ?")'),
    re.compile(rb'("paper_title": ?\{"(?:ja|en)": ?")'),
    re.compile(rb'("@value": ?")'),
)
_XML_TITLE = re.compile(rb"(<title>)")


def change(country: Path, out: Path, every: int = 100) -> int:
    """Copies the source folders of `country` to `out` with every `every`-th record changed; returns how many changed."""
    shutil.rmtree(out, ignore_errors=True)
    changed = 0
    for source in ("cinii", "researchmap", "kaken", "orcid"):
        for file in sorted((country / source).iterdir()):
            target = out / source / file.name
            target.parent.mkdir(parents=True, exist_ok=True)
            if file.name.endswith(".jsonl"):
                changed += _lines(file, target, every)
            elif file.suffix == ".xml":
                changed += _projects(file, target, every)
            elif file.name.endswith(".tar.gz"):
                changed += _members(file, target, every)
            else:
                shutil.copy(file, target)
    return changed


def _touch(record: bytes) -> bytes:
    for pattern in _TITLES:
        done = pattern.sub(rb"\1[rev] ", record, count=1)
        if done != record:
            return done
    return record


def _lines(file: Path, target: Path, every: int) -> int:
    n = 0
    with file.open("rb") as source, target.open("wb") as sink:
        for i, line in enumerate(source):
            new = _touch(line) if i % every == 0 else line
            n += new != line
            sink.write(new)
    return n


def _projects(file: Path, target: Path, every: int) -> int:
    parts = file.read_bytes().split(b"<grantAward ")
    n = 0
    for i in range(1, len(parts), every):
        new = _XML_TITLE.sub(rb"\1[rev] ", parts[i], count=1)
        n += new != parts[i]
        parts[i] = new
    target.write_bytes(b"<grantAward ".join(parts))
    return n


def _members(file: Path, target: Path, every: int) -> int:
    n = i = 0
    with (
        tarfile.open(file) as source,
        gzip.open(target, "wb", compresslevel=1) as packed,
        tarfile.open(fileobj=packed, mode="w|") as sink,
    ):
        for member in source:
            data = source.extractfile(member)
            body = data.read() if data else b""
            if data and i % every == 0:
                new = body.replace(b"<work:title><common:title>", b"<work:title><common:title>[rev] ", 1)
                n += new != body
                body = new
            i += bool(data)
            member.size = len(body)
            sink.addfile(member, io.BytesIO(body))
    return n
