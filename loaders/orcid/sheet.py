"""What do all sections of one ORCID record share while it is being read?

The `Sheet` of a record: the rows so far, whose record it is, where each part stands, which organisations and venues
were already named, and who told ORCID what.

Parts are named by ORCID's own item paths (`work/88946008`), which do not move when a list changes its order; the
same item has the same path in JSON and in XML. An item without one gets its place (`works[3]`).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from kg.records import (
    EntityKind,
    Identifier,
    Link,
    Organization,
    PartialDate,
    Row,
    SourceRef,
    TextUnit,
)
from kg.text import identifiers as ids
from kg.text import language_of, script, text_hash
from loaders.orcid.codes import organization_identifier
from loaders.orcid.tree import Node, Reader, is_public

PRODUCTION = frozenset({"orcid.org", "www.orcid.org", "pub.orcid.org", "api.orcid.org"})
"""Hosts of the real registry. iDs of its sandboxes belong to nobody and identify nobody here."""

_ITEM = re.compile(r"/?(?:\d{4}-\d{4}-\d{4}-\d{3}[\dXx]/)?([a-z][a-z-]{1,40}(?:/[\w.-]{1,40})?)")

_PUT_CODE = re.compile(r"\w{1,20}")


class Telling(NamedTuple):
    """Who told ORCID something, and when."""

    asserted_by: str | None
    asserted: PartialDate | None
    revised: PartialDate | None


class Sheet(Reader):
    """One record being read. `owner` is the local key of the person whose record it is, if it says."""

    __slots__ = (
        "_linked",
        "_organizations",
        "_paths",
        "_venues",
        "about",
        "earliest",
        "funded",
        "latest",
        "orcid",
        "owner",
        "record",
        "rows",
        "sources",
    )

    def __init__(self, ref: SourceRef, orcid: str | None) -> None:
        super().__init__()
        self.record = ref.record
        self.about = ref.record
        self.orcid = orcid
        self.owner: str | None = None
        self.rows: list[Row] = []
        self.earliest: str | None = None
        self.latest: str | None = None
        """First and last time that something public of this document was made or changed."""
        self.sources: dict[str, None] = {}
        """Names of those who told ORCID, other than the owner, in order."""
        self._paths: set[str] = set()
        self._organizations: dict[tuple[object, ...], str] = {}
        self._venues: dict[tuple[object, ...], str] = {}
        self.funded: set[str] = set()
        """Projects already named as paying for a work."""
        self._linked: set[tuple[str, str]] = set()

    def key(self, path: str) -> str:
        """Local key of a part."""
        return f"{self.record}#{path}"

    def path(self, node: Node, section: str, index: int) -> str:
        """Where an item stands: its own path in ORCID, else section and put-code, else its place; never twice."""
        given, code = node.get("path"), node.get("put-code")
        found = None
        if isinstance(given, str) and (match := _ITEM.fullmatch(given.strip())):
            found = match.group(1)
        elif isinstance(code, int | str) and _PUT_CODE.fullmatch(str(code)) and not isinstance(code, bool):
            found = f"{section}/{code}"
        return self.unused(found or f"{section}[{index}]", index)

    def unused(self, path: str, index: int) -> str:
        """`path`, marked by its place where it was used before."""
        while path in self._paths:
            path = f"{path}[{index}]"
        self._paths.add(path)
        return path

    def public(self, node: Node, path: str, inherited: str | None = None) -> bool:
        """Whether an item may be shown; where not, that it was left out is noted without what it says."""
        if is_public(node, inherited):
            self.seen(node, path)
            return True
        self.skip(path, "is not public", node.get("visibility", inherited))
        return False

    def seen(self, node: Node, path: str) -> None:
        """Takes the times of an item, group or section into `earliest` and `latest`."""
        made, changed = self.moment(node, "created-date", path), self.moment(node, "last-modified-date", path)
        if made and (self.earliest is None or made < self.earliest):
            self.earliest = made
        if changed and (self.latest is None or changed > self.latest):
            self.latest = changed

    def orcid_of(self, node: Node, path: str) -> str | None:
        """The iD in a `{uri, path, host}` of the real registry."""
        code, host = self._code(node, path)
        return ids.orcid(code) if code and host is None else None

    def _code(self, node: Node, path: str) -> tuple[str | None, str | None]:
        """Path of a `{uri, path, host}`, and its host where that is not the real registry.

        Path and address say the same twice; where they contradict each other nobody is named.
        """
        code, uri = self.text(node, "path", path), self.text(node, "uri", path)
        host = self.text(node, "host", path)
        if code and uri and not uri.endswith(code):
            self.skip(path, "path and uri contradict each other", uri)
            return None, host
        if code is None and uri:
            code = uri.rstrip("/").rpartition("/")[2]
        return code, None if host is None or host.lower() in PRODUCTION else host

    def told(self, item: Node, path: str) -> Telling:
        """Who told it, and when. The owner's own words are told by `self`."""
        source = self.child(item, "source", path)
        return Telling(
            self.teller(source, f"{path}/source") if source else None,
            self.day(item, "created-date", path),
            self.day(item, "last-modified-date", path),
        )

    def teller(self, source: Node, path: str) -> str | None:
        """`self`, or the name with the iD or client id; on whose behalf (`… for …`), where that is said."""
        name = self.text(source, "source-name", path)
        code = self._teller_code(source, "source", path)
        told = None
        if code is not None and code == self.orcid:
            told = "self"
        elif name or code:
            told = f"{name} ({code})" if name and code else name or code
            self.sources[told or ""] = None
        origin = self._teller_code(source, "assertion-origin", path)
        name = self.text(source, "assertion-origin-name", path)
        if not told or told == "self" or not (origin or name):
            return told
        return f"{told} for {name} ({origin})" if name and origin else f"{told} for {name or origin}"

    def _teller_code(self, source: Node, what: str, path: str) -> str | None:
        for name in (f"{what}-orcid", f"{what}-client-id"):
            who = source.get(name)
            if not isinstance(who, dict):
                continue
            code, host = self._code(who, f"{path}/{name}")
            if code:
                return f"{host}/{code}" if host else code
        return None

    def identify(
        self, subject: str, kind: EntityKind, scheme: str, value: str, relation: str = "self", url: str | None = None
    ) -> None:
        """One `Identifier` row, once."""
        same = (subject, f"{kind}:{scheme}:{value}:{relation}")
        if same in self._linked:
            return
        self._linked.add(same)
        self.rows.append(Identifier(subject=subject, kind=kind, scheme=scheme, value=value, relation=relation, url=url))

    def write(self, subject: str, kind: EntityKind, field: str, role: str, text: str, lang: str = "") -> None:
        """One `TextUnit` row."""
        self.rows.append(
            TextUnit(
                record=self.record,
                subject=subject,
                subject_kind=kind,
                field=field,
                role=role,
                lang=lang,
                text=text,
                text_hash=text_hash(text),
            )
        )

    def link(
        self, subject: str, kind: EntityKind, url: str | None, role: str = "see_also", label: str | None = None
    ) -> None:
        """One `Link` row, once per page; only addresses that a browser opens."""
        if not url:
            return
        if not url.lower().startswith(("http://", "https://", "ftp://")):
            self.skip("url", "is no web address", url)
        elif (subject, url) not in self._linked:
            self._linked.add((subject, url))
            self.rows.append(Link(subject=subject, kind=kind, url=url, role=role, label=label))

    def organization(self, node: Node, path: str) -> tuple[str | None, str | None, str | None]:
        """Local key, Japanese and other name of an organisation; one row for each distinct one of the record."""
        if not node:
            return None, None, None
        name = self.text(node, "name", path)
        ja, en = by_language(name)
        address = self.child(node, "address", path)
        country = self.text(address, "country", f"{path}/address")
        region = self.text(address, "region", f"{path}/address")
        city = self.text(address, "city", f"{path}/address")
        code = self._organization_code(self.child(node, "disambiguated-organization", path), path)
        if name is None and code is None:
            return None, None, None
        same = (code, name, country, region, city)
        key = self._organizations.get(same)
        if key is None:
            key = self._organizations[same] = self.key(path)
            self.rows.append(Organization(id=key, name_ja=ja, name_en=en, country=country, region=region, city=city))
            if code is not None:
                self.identify(key, "organization", *code)
        return key, ja, en

    def _organization_code(self, node: Node, path: str) -> tuple[str, str] | None:
        if not node:
            return None
        here = f"{path}/disambiguated-organization"
        value = self.text(node, "disambiguated-organization-identifier", here)
        source = self.text(node, "disambiguation-source", here)
        if not value or not source:
            return None
        code = organization_identifier(source, value)
        if code is None:
            self.skip(f"{here}/disambiguated-organization-identifier", f"is no {source} identifier", value)
        return code

    def venue(self, name: str, issns: tuple[str, ...]) -> tuple[str, bool]:
        """Local key of a venue by name and ISSN, and whether it is met for the first time."""
        same = (name, issns)
        known = self._venues.get(same)
        if known is not None:
            return known, False
        key = self._venues[same] = self.key(f"venue[{len(self._venues)}]")
        return key, True


def by_language(text: str | None, given: str = "") -> tuple[str | None, str | None]:
    """The text as the Japanese or as the other name."""
    if text is None:
        return None, None
    return (text, None) if language_of(text, given) == "ja" else (None, text)


def is_japanese(text: str) -> bool:
    """Whether a name is written in kanji or kana."""
    return script(text) in ("han", "kana", "mixed")
