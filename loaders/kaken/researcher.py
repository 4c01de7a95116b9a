"""What does one NRID researcher document say?

It is the person's own profile as NII keeps it: names, numbers, affiliations as seen in grants, all KAKENHI
projects with all members, and the products of those projects. `since` and `until` of affiliations and names are
first days of fiscal years in which NII saw them, so an `until` on 1 April says "last seen", not "left".
"""

from __future__ import annotations

from typing import Any

from kg.errors import BadRecord
from kg.records import Affiliation, MemberOf, Person, PersonName, Project, Record, Row, Skipped, SourceRef
from kg.text import identifiers as ids
from kg.text import language_of
from loaders.kaken import vocabulary
from loaders.kaken.authors import Known, without_alias
from loaders.kaken.reading import Texts, by_language, day, first_day, fiscal_year, human, strings, texts
from loaders.kaken.sheet import Sheet, award_of, fold
from loaders.kaken.work import read_work
from loaders.native import mapping, mappings, parse_json, text

_CODES = (
    ("id:institution:erad", "erad_org"), ("id:institution:kakenhi", "nii"),
    ("id:institution:mext", "mext"), ("id:institution:jsps", "jsps"), ("id:institution:jst", "jst"),
)  # fmt: skip
_PERSON_IDS = (("id:person:jglobal", "jglobal"), ("id:person:researchmap", "researchmap"), ("id:person:jst", "jst"))


def researcher_records(raw: bytes, ref: SourceRef) -> list[Row | Skipped]:
    """Rows of one researcher. Raises `BadRecord` where the document is not one."""
    sheet = Sheet(ref.record)
    document = parse_json(raw, sheet.skipped)
    if not isinstance(document, dict):
        raise BadRecord("$", f"{type(document).__name__} where a researcher object is expected")
    if not any(document.get(key) for key in ("accn", "id:person:erad", "name", "names")):
        raise BadRecord("$", "no accn, no e-Rad number and no name: not an NRID researcher")
    return _Researcher(document, sheet).rows()


class _Researcher:
    def __init__(self, document: dict[str, Any], sheet: Sheet) -> None:
        self.document, self.sheet, self.skipped = document, sheet, sheet.skipped
        self.id = sheet.record
        self.erads: list[str] = []
        self.numbers: set[str] = set()
        """NII's internal numbers of this person (`id:person:kakenhi**…`)."""
        self.known = Known.of([], [])
        self._names_seen: set[tuple[str, str, str]] = set()

    def rows(self) -> list[Row | Skipped]:
        self._numbers()
        self._record()
        self._names()
        self._affiliations()
        self._projects()
        for path, product in mappings(self.document.get("work:product"), "work:product", self.skipped):
            read_work(self.sheet, product, path, self.id, self.numbers, self.known)
        return self.sheet.finish()

    # --- who ---

    def _numbers(self) -> None:
        for i, value in enumerate(strings(self.document.get("id:person:erad"), "id:person:erad", self.skipped)):
            if number := ids.erad(value):
                self.erads.append(number)
            else:
                self.sheet.skip(f"id:person:erad[{i}]", "not an e-Rad number", value)

    def _record(self) -> None:
        nrid = f"1000{self.erads[0].zfill(9)}" if self.erads else None
        self.sheet.add(
            Record(
                id=self.id,
                kind="person",
                about=self.id,
                url=f"https://nrid.nii.ac.jp/nrid/{nrid}" if nrid else None,
            )
        )
        identifier = self.sheet.identifier
        for number in self.erads:
            identifier(self.id, "person", "erad", number)
            identifier(self.id, "person", "nrid", f"1000{number.zfill(9)}")
        get = self.document.get
        for value in strings(get("id:person:erad:alternative"), "id:person:erad:alternative", self.skipped):
            if number_ := ids.erad(value):
                identifier(self.id, "person", "erad", number_, "related")
        for value in strings(get("id:orcid"), "id:orcid", self.skipped):
            if orcid := ids.orcid(value):
                identifier(self.id, "person", "orcid", orcid)
            else:
                self.sheet.skip("id:orcid", "not an ORCID", value)
        for key, scheme in _PERSON_IDS:
            for value in strings(get(key), key, self.skipped):
                identifier(self.id, "person", scheme, value)
        self._internal_numbers()

    def _internal_numbers(self) -> None:
        accn = text(self.document.get("accn"), "accn", self.skipped)
        if accn:
            number = accn.rpartition("**")[2]
            self.numbers.add(number)
            self.sheet.identifier(self.id, "person", "kakenhi", number)
        source = mapping(self.document.get("recordSource"), "recordSource", self.skipped)
        for value in strings(source.get("id:person:kakenhi"), "recordSource.id:person:kakenhi", self.skipped):
            if value not in self.numbers:
                self.numbers.add(value)
                self.sheet.identifier(self.id, "person", "kakenhi", value, "related")

    def _names(self) -> None:
        name = mapping(self.document.get("name"), "name", self.skipped)
        if isinstance(self.document.get("name"), str):
            self.skipped.pop()
            name = {"humanReadableValue": self.document["name"]}
        whole = by_language(human(name, "name", self.skipped), self.skipped)
        family, given = self._divided(name, "name", "name:")
        forms = [self._form(i, whole[i], family[i], given[i]) for i in range(3)]
        ja, kana, en = (f[0] for f in forms)
        self.sheet.owner(self.erads, ja, kana, en)
        self.sheet.add(Person(id=self.id, name_ja=ja, name_kana=kana, name_en=en, profile=True))
        period = self._period(name, "name")
        for lang, (form, family_, given_, written) in zip(("ja", "ja-Kana", "en"), forms, strict=True):
            if form:
                pair = (forms[1][1], forms[1][2]) if lang == "ja" else (None, None)
                self._name(form, lang, "preferred", family_, given_, pair, None)
            if written and written != form:
                self._name(written, lang, "as_written", None, None, (None, None), period)
        self._aliases(name, family, given)
        latin = [(forms[2][1] or "", forms[2][2] or ""), (fold(family[2]), fold(given[2]))]
        japanese = [ja or "", *(without_alias(whole[0] or "")[1])]
        self._other_names(japanese, latin)
        self.known = Known.of(japanese, latin)

    def _divided(self, name: dict[str, Any], path: str, prefix: str) -> tuple[list[str | None], list[str | None]]:
        family = by_language(
            texts(name.get(f"{prefix}familyName"), f"{path}.{prefix}familyName", self.skipped), self.skipped
        )
        given = by_language(
            texts(name.get(f"{prefix}givenName"), f"{path}.{prefix}givenName", self.skipped), self.skipped
        )
        return list(family), list(given)

    @staticmethod
    def _form(
        index: int, whole: str | None, family: str | None, given: str | None
    ) -> tuple[str | None, str | None, str | None, str | None]:
        """Name without alias, its family and given part, and the whole as written."""
        family, given = without_alias(family or "")[0] or None, without_alias(given or "")[0] or None
        plain = without_alias(whole)[0] if whole else None
        divided = f"{family} {given}" if family and given else None
        form = plain if index == 2 and plain else divided or plain or family or given
        return form, family, given, whole

    def _aliases(self, name: dict[str, Any], family: list[str | None], given: list[str | None]) -> None:
        """The other name that KAKEN writes in parentheses: a name before or after marriage, or a pen name."""
        alias_family, alias_given = self._divided(name, "name", "alias:")
        for i, lang in enumerate(("ja", "ja-Kana", "en")):
            if alias_family[i] or alias_given[i]:
                form = fold(f"{alias_family[i] or ''} {alias_given[i] or ''}")
                self._name(form, lang, "variant", alias_family[i], alias_given[i], (None, None), None)
            elif inside := without_alias(family[i] or "")[1]:
                first = without_alias(given[i] or "")[0]
                self._name(fold(f"{inside[0]} {first}"), lang, "variant", inside[0], first or None, (None, None), None)

    def _other_names(self, japanese: list[str], latin: list[tuple[str, str]]) -> None:
        for path, name in mappings(self.document.get("names"), "names", self.skipped):
            whole = by_language(human(name, path, self.skipped), self.skipped)
            family, given = self._divided(name, path, "name:")
            period = self._period(name, path)
            for i, lang in enumerate(("ja", "ja-Kana", "en")):
                form = whole[i] or fold(f"{family[i] or ''} {given[i] or ''}")
                if not form:
                    continue
                pair = (family[1], given[1]) if lang == "ja" else (None, None)
                self._name(form, lang, "variant", family[i], given[i], pair, period)
                if lang == "ja":
                    japanese.append(without_alias(form)[0])
                elif lang == "en" and family[i] and given[i]:
                    latin.append((without_alias(family[i] or "")[0], given[i] or ""))

    def _period(self, name: dict[str, Any], path: str) -> str | None:
        since = day(name.get("since"), f"{path}.since", self.skipped)
        until = day(name.get("until") or name.get("util"), f"{path}.until", self.skipped)
        return f"{since or ''}/{until or ''}" if since or until else None

    def _name(
        self,
        form: str,
        lang: str,
        kind: str,
        family: str | None,
        given: str | None,
        kana: tuple[str | None, str | None],
        period: str | None,
    ) -> None:
        if (form, lang, kind) in self._names_seen:
            return
        self._names_seen.add((form, lang, kind))
        self.sheet.add(
            PersonName(
                person=self.id,
                name=form,
                lang=lang,
                kind=kind,
                family=family,
                given=given,
                family_kana=kana[0],
                given_kana=kana[1],
                period=period,
            )
        )

    # --- where ---

    def _affiliations(self) -> None:
        for key in ("affiliations:current", "affiliations:history"):
            for path, place in mappings(self.document.get(key), key, self.skipped):
                self._affiliation(path, place)

    def _affiliation(self, path: str, place: dict[str, Any]) -> None:
        skipped = self.skipped
        institution = mapping(place.get("affiliation:institution"), f"{path}.affiliation:institution", skipped)
        ja, _, en = by_language(human(institution, f"{path}.affiliation:institution", skipped), skipped)
        department = by_language(
            human(place.get("affiliation:department"), f"{path}.affiliation:department", skipped), skipped
        )
        title = by_language(human(place.get("affiliation:jobTitle"), f"{path}.affiliation:jobTitle", skipped), skipped)
        given = {s: strings(institution.get(k), f"{path}.affiliation:institution.{k}", skipped) for k, s in _CODES}
        codes = {scheme: values[0] for scheme, values in given.items() if values}
        category = institution.get("category:institution:kakenhi")
        organization = self.sheet.organization(
            f"{path}.affiliation:institution", ja, en, codes, category if isinstance(category, str) else None
        )
        since = day(place.get("since"), f"{path}.since", skipped)
        until = day(place.get("until") or place.get("util"), f"{path}.until", skipped)
        seen_last = until if until and (until == since or until.endswith("-04-01")) else None
        if not (organization or department[0] or department[2] or title[0] or title[2]):
            self.sheet.skip(path, "an affiliation that names nothing")
            return
        self.sheet.add(
            Affiliation(
                person=self.id,
                path=path,
                kind="employment",
                organization=organization,
                organization_ja=ja,
                organization_en=en,
                department=department[0] or department[2],
                title=title[0] or title[2],
                start=None if since == until else since,
                end=None if seen_last else until,
                observed=seen_last,
            )
        )

    # --- projects ---

    def _projects(self) -> None:
        for path, project in mappings(self.document.get("work:project"), "work:project", self.skipped):
            self._project(path, project)
        related = "relation:relatedResource"
        for path, resource in mappings(self.document.get(related), related, self.skipped):
            for kaken_id in strings(resource.get("id:project:kakenhi"), f"{path}.id:project:kakenhi", self.skipped):
                self._only_named(kaken_id, path)

    def _only_named(self, kaken_id: str, path: str) -> None:
        """A project that the profile names without describing it."""
        before = len(self.sheet.rows)
        project = self.sheet.project_named(kaken_id, path)
        if len(self.sheet.rows) > before:
            self.sheet.add(MemberOf(project=project, path=path, person=self.id, role="member"))

    def _project(self, path: str, project: dict[str, Any]) -> None:
        skipped, sheet, get = self.skipped, self.sheet, project.get
        id_ = f"{self.id}#{path}"
        source = mapping(get("recordSource"), f"{path}.recordSource", skipped)
        kaken_ids = strings(source.get("id:project:kakenhi"), f"{path}.recordSource.id:project:kakenhi", skipped)
        titles = human(get("title"), f"{path}.title", skipped)
        title_ja, _, title_en = by_language(titles, skipped)
        category_ja, _, category_en = by_language(human(get("category"), f"{path}.category", skipped), skipped)
        institutions = self._institutions(get("institution"), f"{path}.institution")
        status = mapping(get("projectStatus"), f"{path}.projectStatus", skipped)
        seen = fiscal_year(status, f"{path}.projectStatus", skipped)
        sheet.add(
            Project(
                id=id_,
                award_number=award_of(kaken_ids[0]) if kaken_ids else None,
                title_ja=title_ja,
                title_en=title_en,
                category_ja=category_ja,
                category_en=category_en,
                start=first_day(get("since"), f"{path}.since", skipped),
                start_fiscal_year=fiscal_year(get("since"), f"{path}.since", skipped),
                end_fiscal_year=fiscal_year(get("until"), f"{path}.until", skipped),
                status=text(status.get("statusCode"), f"{path}.projectStatus.statusCode", skipped),
                institution_ja=institutions[0],
                institution_en=institutions[1],
            )
        )
        for kaken_id in kaken_ids:
            sheet.project_identifiers(id_, kaken_id, [], f"{path}.recordSource")
        for here, lang, words in titles:
            sheet.text(id_, "project", here, "title", lang, words)
        for here, lang, words in human(get("keyword"), f"{path}.keyword", skipped):
            sheet.text(id_, "project", here, "keyword", lang, words)
        self._fields(id_, path, project)
        self._members(id_, path, project, str(seen) if seen else None)

    def _institutions(self, value: Any, path: str) -> tuple[str | None, str | None]:
        """Writes the institutions of a project; Japanese and English name of the first."""
        first: tuple[str | None, str | None] | None = None
        for here, element in mappings(value, path, self.skipped):
            inner = f"{here}.humanReadableValue"
            grouped: dict[str, dict[str, str]] = {}
            for at, words in mappings(element.get("humanReadableValue"), inner, self.skipped):
                name = text(words.get("text"), f"{at}.text", self.skipped)
                code = text(words.get("niiCode"), f"{at}.niiCode", self.skipped) or ""
                order = text(words.get("sequence"), f"{at}.sequence", self.skipped) or ""
                if name:
                    english = words.get("lang") == "en" and language_of(name, "en") != "ja"
                    group = grouped.setdefault(f"{order}/{code}", {"path": at, "code": code})
                    group.setdefault("en" if english else "ja", fold(name))
            for names in grouped.values():
                codes = {"nii": names["code"]} if names["code"] else {}
                self.sheet.organization(names["path"], names.get("ja"), names.get("en"), codes)
                first = first or (names.get("ja"), names.get("en"))
        return first or (None, None)

    def _fields(self, id_: str, path: str, project: dict[str, Any]) -> None:
        for key in ("review_section", "field"):
            for here, element in mappings(project.get(key), f"{path}.{key}", self.skipped):
                grouped: dict[str, dict[str, str]] = {}
                inner = f"{here}.humanReadableValue"
                for at, value in mappings(element.get("humanReadableValue"), inner, self.skipped):
                    order = text(value.get("sequence"), f"{at}.sequence", self.skipped) or ""
                    group = grouped.setdefault(order, {})
                    if name := text(value.get("text"), f"{at}.text", self.skipped):
                        group.setdefault("en" if value.get("lang") == "en" else "ja", fold(name))
                    for attribute in ("path", "niiCode", "fieldTable", "tableType"):
                        if found := text(value.get(attribute), f"{at}.{attribute}", self.skipped):
                            group.setdefault(attribute, found)
                for group in grouped.values():
                    self._field(id_, here, key, group)

    def _field(self, id_: str, path: str, key: str, group: dict[str, str]) -> None:
        """One field in one or two languages; `path` and codes stand beside the words."""
        ja, en, code = group.get("ja", ""), group.get("en", ""), group.get("niiCode", "")
        if key == "field":
            row = vocabulary.old_field(id_, group.get("fieldTable", ""), group.get("path", ""), ja, en, code)
        else:
            row = vocabulary.review_section(id_, group.get("tableType", ""), ja, en, code)
        if row is None:
            self.sheet.skip(path, "a field without text", code)
        else:
            self.sheet.in_field(row)

    def _role(self, value: Any, path: str) -> str:
        for here, element in mappings(value, path, self.skipped):
            key = "code:roleInProject:kakenhi"
            if code := text(element.get(key), f"{here}.{key}", self.skipped):
                return code
        return ""

    def _members(self, id_: str, path: str, project: dict[str, Any], seen: str | None) -> None:
        own_role = self._role(project.get("role"), f"{path}.role")
        found_owner = False
        for place, (here, member) in enumerate(mappings(project.get("member"), f"{path}.member", self.skipped), 1):
            order = member.get("sequence")
            position = order if isinstance(order, int) and not isinstance(order, bool) and 0 < order < 10**6 else place
            found_owner |= self._member(id_, here, member, position, own_role, seen)
        if not found_owner:
            self.sheet.add(
                MemberOf(
                    project=id_,
                    path=f"{path}.role",
                    person=self.id,
                    role=vocabulary.role(own_role),
                    role_as_written=own_role or None,
                )
            )

    def _member(
        self, id_: str, path: str, member: dict[str, Any], position: int, own_role: str, seen: str | None
    ) -> bool:
        """Writes one member; True where it is the profile's owner."""
        skipped, sheet = self.skipped, self.sheet
        number = None
        for value in strings(member.get("id:person:erad"), f"{path}.id:person:erad", skipped)[:1]:
            number = ids.erad(value)
            if number is None:
                sheet.skip(f"{path}.id:person:erad", "not an e-Rad number", value)
        owner = number in self.erads
        code = (own_role if owner else "") or self._role(member.get("role"), f"{path}.role")
        names = texts(member.get("person:name"), f"{path}.person:name", skipped)
        ja, kana, en = by_language(names, skipped)
        institution = texts(member.get("institution:name"), f"{path}.institution:name", skipped)
        inst_ja, _, inst_en = by_language(institution, skipped)
        department = by_language(texts(member.get("department:name"), f"{path}.department:name", skipped), skipped)
        title = by_language(texts(member.get("jobTitle"), f"{path}.jobTitle", skipped), skipped)
        organization = sheet.organization(f"{path}.institution:name", inst_ja, inst_en, {})
        person = None
        if number:
            person = sheet.person(number, path, ja, kana, en)
            if not owner:
                self._variants(number, names)
            if organization or department[0] or title[0]:
                sheet.add(
                    Affiliation(
                        person=person,
                        path=path,
                        kind="as_member",
                        organization=organization,
                        organization_ja=inst_ja,
                        organization_en=inst_en,
                        department=department[0] or department[2],
                        title=title[0] or title[2],
                        observed=seen,
                    )
                )
        sheet.add(
            MemberOf(
                project=id_,
                path=path,
                person=person,
                role=vocabulary.role(code),
                role_as_written=code or None,
                position=position,
                name_as_written=fold(names[0][2]) if names else None,
                name_en=en,
                name_kana=kana,
                affiliation_as_written=inst_ja or inst_en,
                department_as_written=department[0] or department[2],
                title_as_written=title[0] or title[2],
                organization=organization,
            )
        )
        return owner

    def _variants(self, number: str, names: Texts) -> None:
        """Every further form under which the project names somebody."""
        for _, lang, words in names:
            form = fold(words)
            self.sheet.variant(number, form, "en" if language_of(form, lang) == "en" else lang or "ja")
