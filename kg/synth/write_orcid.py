"""How does the yearly ORCID file tell of the community? One v3.0 record summary a person, in one .tar.gz.

The archive is gzip members one after the other, each with some hundred files of the tar stream, so that several
processes can write it; readers see one archive.
"""

from __future__ import annotations

import gzip
import tarfile
from collections.abc import Iterator

import numpy as np

from kg.synth import marks
from kg.synth.voice import NOTE_EN, Voice, scramble
from kg.synth.world import (
    BOOK,
    CONFERENCE,
    DISSERTATION,
    EN_ONLY,
    I32,
    ORCID_KEYED,
    ORCID_LISTED,
    THIS_YEAR,
    World,
)

ARCHIVE = "ORCID_2026_10_summaries"
_TYPES = {BOOK: "book", CONFERENCE: "conference-paper", DISSERTATION: "dissertation-thesis"}
_SPACES = " ".join(
    f'xmlns:{name}="http://www.orcid.org/ns/{name}"'
    for name in ("common", "record", "history", "preferences", "person", "personal-details", "other-name", "address",
                 "keyword", "external-identifier", "activities", "employment", "work")
)  # fmt: skip


def people_in_order(world: World) -> I32:
    """People with an ORCID record, in the order of the archive: by the last three characters, then by iD."""
    people = np.flatnonzero(world.people.has_orcid).tolist()
    keyed = sorted((iD[-3:], iD, p) for p, iD in ((p, marks.orcid(p)) for p in people))
    return np.array([p for _, _, p in keyed], np.int32)


def fragment(voice: Voice, people: list[int], first: bool) -> bytes:
    """A gzip member with the tar entries of these people."""
    parts: list[bytes] = []
    if first:
        parts.append(_header(f"{ARCHIVE}/", 0, True))
    for person in people:
        iD = marks.orcid(person)
        xml = record(voice, person).encode()
        parts.append(_header(f"{ARCHIVE}/{iD[-3:]}/{iD}.xml", len(xml), False))
        parts.append(xml + b"\0" * (-len(xml) % 512))
    return gzip.compress(b"".join(parts), compresslevel=1, mtime=0)


def broken_fragment() -> bytes:
    """A gzip member with a record that is cut off and an error document, as the yearly file has them."""
    cut, locked = "0099-9999-9999-9991", "0099-9999-9999-9990"
    texts = {
        cut: '<?xml version="1.0" encoding="UTF-8"?>\n<record:record xmlns:record="http://www.orcid.org/ns/record"><cut',
        locked: '<?xml version="1.0" encoding="UTF-8"?>\n<error:error xmlns:error="http://www.orcid.org/ns/error">'
        "<error:response-code>409</error:response-code><error:developer-message>409 Conflict: The ORCID record is locked."
        "</error:developer-message><error:error-code>9018</error:error-code></error:error>\n",
    }
    parts = []
    for iD, text in texts.items():
        raw = text.encode()
        parts += [_header(f"{ARCHIVE}/{iD[-3:]}/{iD}.xml", len(raw), False), raw + b"\0" * (-len(raw) % 512)]
    return gzip.compress(b"".join(parts), compresslevel=1, mtime=0)


def ending() -> bytes:
    """The gzip member that ends the archive."""
    return gzip.compress(b"\0" * 1024, compresslevel=1, mtime=0)


def _header(name: str, size: int, folder: bool) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.mode = size, 1_791_000_000, 0o755 if folder else 0o644
    info.type = tarfile.DIRTYPE if folder else tarfile.REGTYPE
    return info.tobuf(tarfile.USTAR_FORMAT)


def put_code(authorship: int) -> int:
    """Put code of a work on its author's record."""
    return 10_000_000 + authorship


def record(voice: Voice, person: int) -> str:
    """One person's public record summary."""
    iD = marks.orcid(person)
    family, given = voice.latin(person)
    local = " ".join(voice.kanji(person))
    credit = f"<personal-details:credit-name>{local}</personal-details:credit-name>" if person % 4 == 0 else ""
    other = ""
    if voice.former[person] >= 0:
        before = voice.latin(person, 16)
        other = _other_name(iD, 1, f"{before[1]} {before[0]}")
    elif person % 4 == 1:
        other = _other_name(iD, 1, local)
    f = voice.lexicon.fields[voice.field1[person]]
    word = f.keywords_en[person % 5]
    external = _external(voice, person, iD) if voice.world.people.orcid_nrid[person] else ""
    source = _source(iD, f"{given} {family}")
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<record:record path="/{iD}" {_SPACES}>'
        f"<common:orcid-identifier><common:uri>https://orcid.org/{iD}</common:uri><common:path>{iD}</common:path><common:host>orcid.org</common:host></common:orcid-identifier>"
        f"<preferences:preferences><preferences:locale>ja</preferences:locale></preferences:preferences>"
        f"<history:history><history:creation-method>Direct</history:creation-method><history:submission-date>2015-01-18T12:09:28.451Z</history:submission-date>"
        f"<common:last-modified-date>2026-07-20T12:15:44.981Z</common:last-modified-date><history:claimed>true</history:claimed></history:history>"
        f'<person:person path="/{iD}/person"><person:name visibility="public" path="{iD}"><personal-details:given-names>{given}</personal-details:given-names>'
        f"<personal-details:family-name>{family}</personal-details:family-name>{credit}</person:name>"
        f'<other-name:other-names path="/{iD}/other-names">{other}</other-name:other-names>'
        f'<person:biography visibility="public" path="/{iD}/biography"><personal-details:content>{NOTE_EN}.</personal-details:content></person:biography>'
        f'<keyword:keywords path="/{iD}/keywords"><keyword:keyword put-code="{person + 1}" visibility="public" path="/{iD}/keywords/{person + 1}" display-index="1">{source}<keyword:content>{word}</keyword:content></keyword:keyword></keyword:keywords>'
        f'<external-identifier:external-identifiers path="/{iD}/external-identifiers">{external}</external-identifier:external-identifiers></person:person>'
        f'<activities:activities-summary path="/{iD}/activities"><activities:employments path="/{iD}/employments">{_employments(voice, person, iD, source)}</activities:employments>'
        f'<activities:works path="/{iD}/works">{_works(voice, person, iD, source)}</activities:works></activities:activities-summary></record:record>\n'
    )


def _source(iD: str, name: str) -> str:
    return (
        f"<common:source><common:source-orcid><common:uri>https://orcid.org/{iD}</common:uri><common:path>{iD}</common:path>"
        f"<common:host>orcid.org</common:host></common:source-orcid><common:source-name>{name}</common:source-name></common:source>"
    )


def _other_name(iD: str, code: int, name: str) -> str:
    return (
        f'<other-name:other-name put-code="{code}" visibility="public" path="/{iD}/other-names/{code}" display-index="1">'
        f"<other-name:content>{name}</other-name:content></other-name:other-name>"
    )


def _external(voice: Voice, person: int, iD: str) -> str:
    number = marks.nrid(marks.erad(person))
    return (
        f'<external-identifier:external-identifier put-code="1" visibility="public" path="/{iD}/external-identifiers/1" display-index="1">'
        f"<common:external-id-type>Researcher Name Resolver ID</common:external-id-type><common:external-id-value>{number}</common:external-id-value>"
        f"<common:external-id-url>https://nrid.nii.ac.jp/nrid/{number}</common:external-id-url>"
        f"<common:external-id-relationship>self</common:external-id-relationship></external-identifier:external-identifier>"
    )


def _employments(voice: Voice, person: int, iD: str, source: str) -> str:
    p, out = voice.world.people, []
    orgs, since = p.seg_org[person].tolist(), p.seg_from[person].tolist()
    last = max(k for k, o in enumerate(orgs) if o >= 0)
    for k in range(last, max(-1, last - 2), -1):
        at, code = voice.organizations[orgs[k]], 4 * person + k + 1
        end = (
            ""
            if k == last
            else f"<common:end-date><common:year>{since[k + 1]}</common:year><common:month>03</common:month></common:end-date>"
        )
        out.append(
            f'<activities:affiliation-group><common:external-ids/><employment:employment-summary put-code="{code}" display-index="0" path="/{iD}/employment/{code}" visibility="public">'
            f"{source}<common:department-name>{voice.department(person, orgs[k])[1]}</common:department-name><common:role-title>{voice.title_at(person, min(since[k] + 1, THIS_YEAR))[1]}</common:role-title>"
            f"<common:start-date><common:year>{since[k]}</common:year><common:month>04</common:month></common:start-date>{end}"
            f"<common:organization><common:name>{at.en}</common:name><common:address><common:city>{at.city}</common:city><common:country>JP</common:country></common:address>"
            f"<common:disambiguated-organization><common:disambiguated-organization-identifier>https://ror.org/{at.ror}</common:disambiguated-organization-identifier>"
            f"<common:disambiguation-source>ROR</common:disambiguation-source></common:disambiguated-organization></common:organization></employment:employment-summary></activities:affiliation-group>"
        )
    return "".join(out)


def _works(voice: Voice, person: int, iD: str, source: str) -> str:
    return "".join(_group(voice, a, iD, source) for a in _listed(voice, person))


def _listed(voice: Voice, person: int) -> Iterator[int]:
    w, (offsets, authorships) = voice.world.works, voice.world.works_of
    for a in authorships[offsets[person] : offsets[person + 1]].tolist():
        if int(w.author_lists[a]) & ORCID_LISTED:
            yield a


def _group(voice: Voice, a: int, iD: str, source: str) -> str:
    w = voice.world.works
    work = int(w.offsets.searchsorted(a, side="right")) - 1
    kind, field, year, language = int(w.type[work]), int(w.field[work]), int(w.year[work]), int(w.language[work])
    words = voice.work(work, field)
    ids = ""
    if int(w.author_lists[a]) & ORCID_KEYED:
        doi = marks.doi(work)
        ids = (
            f"<common:external-id><common:external-id-type>doi</common:external-id-type><common:external-id-value>{doi}</common:external-id-value>"
            f'<common:external-id-normalized transient="true">{doi}</common:external-id-normalized><common:external-id-url>https://doi.org/{doi}</common:external-id-url>'
            f"<common:external-id-relationship>self</common:external-id-relationship></common:external-id>"
        )
    month, day = voice.day(work, year)
    title = words.title_en if language != 1 else words.title_ja
    translated = (
        ""
        if language == EN_ONLY or language == 1
        else f'<common:translated-title language-code="ja">{words.title_ja}</common:translated-title>'
    )
    journal = (
        ""
        if kind in (BOOK, DISSERTATION)
        else f"<work:journal-title>{voice.journals[field][scramble(voice.world.seed, 21, work) % 3][1]}</work:journal-title>"
    )
    code = put_code(a)
    return (
        f"<activities:group><common:external-ids>{ids}</common:external-ids>"
        f'<work:work-summary put-code="{code}" path="/{iD}/work/{code}" visibility="public" display-index="1">{source}'
        f"<work:title><common:title>{title}</common:title>{translated}</work:title><common:external-ids>{ids}</common:external-ids>"
        f"<work:type>{_TYPES.get(kind, 'journal-article')}</work:type><common:publication-date><common:year>{year}</common:year>"
        f"<common:month>{month:02d}</common:month><common:day>{day:02d}</common:day></common:publication-date>{journal}</work:work-summary></activities:group>"
    )
