"""Does a name speak against an identifier? The guard that keeps mistyped and mixed-up numbers from joining people.

    >>> agree(Form("latin", "kazuo takahata", None, None), Form("latin", "k takahata", None, None))
    True
    >>> agree(Form("han", "高畑一夫", "高畑", "一夫"), Form("han", "佐藤花子", "佐藤", "花子"))
    False

Only forms of one script are compared. They agree where the whole, the family or the given part is the same, or an
initial stands for it; a changed family name therefore agrees by the given name. A mention is cut off from the
identifier where it disagrees in some script and agrees in none.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import combinations, groupby
from operator import attrgetter
from typing import Any, NamedTuple

import pyarrow as pa

from kg.identity.forms import Form
from kg.text.kana import sounds_like

_SOURCES = {"kaken": 0, "orcid": 1, "researchmap": 2, "cinii": 3}
"""Whose names are believed where as many mentions speak for each of two."""

CONTRADICTION = pa.schema([(n, pa.string()) for n in ("scheme", "value", "signature", "detail")])


class Bearer(NamedTuple):
    """The names of some mentions of one identifier, equal among them."""

    signature: str
    tier: int
    """0: profile at the identifier's home, 1: other profile, 2: somebody else's record."""
    source: str
    mentions: int


@lru_cache(maxsize=4096)  # asked for several times while one identifier is judged, and hardly ever again
def forms_of(signature: str) -> tuple[Form, ...]:
    """The forms that a signature holds."""
    return tuple(_form_of(form) for form in signature.split("\x1e"))


@lru_cache(maxsize=65_536)
def _form_of(text: str) -> Form:
    script, whole, family, given = text.split("\x1f")
    return Form(script, whole, family or None, given or None)


def agree(a: Form, b: Form) -> bool:
    """Whether two forms of one script may be the same person's."""
    if a.whole == b.whole:
        return True
    if a.script == "latin":
        return _latin_agree(a.whole.split(), b.whole.split())
    if a.family and a.given and b.family and b.given:
        return a.family == b.family or a.given == b.given
    if a.family and a.given:
        return b.whole.startswith(a.family) or b.whole.endswith(a.given)
    if b.family and b.given:
        return a.whole.startswith(b.family) or a.whole.endswith(b.given)
    return a.whole[:2] == b.whole[:2] or a.whole[-2:] == b.whole[-2:]  # undivided: nobody knows where the parts meet


def _latin_agree(a: list[str], b: list[str]) -> bool:
    if any(len(word) > 1 and word in b for word in a):
        return True
    initials_a, initials_b = {w for w in a if len(w) == 1}, {w for w in b if len(w) == 1}
    return any(w[0] in initials_b for w in a) or any(w[0] in initials_a for w in b)


def contradictions(suspects: pa.Table) -> pa.Table:
    """Row-wise stage: `suspect` rows in, (scheme, value, signature, detail) of the names that are cut off out."""
    names = ("scheme", "value", "signature", "tier", "source", "mentions")
    rows = sorted(zip(*(suspects[n].to_pylist() for n in names), strict=True))
    found: list[tuple[str, str, str, str]] = []
    for (scheme, value), group in groupby(rows, key=lambda r: (r[0], r[1])):
        bearers = [Bearer(*row[2:]) for row in group]
        found += [(scheme, value, signature, detail) for signature, detail in judge(bearers)]
    columns: list[Any] = list(zip(*found, strict=True)) if found else [()] * 4
    return pa.table([pa.array(c, pa.string()) for c in columns], schema=CONTRADICTION)


def judge(bearers: list[Bearer]) -> Iterator[tuple[str, str]]:
    """(signature, detail) of each bearer whose names contradict those that stand for the identifier.

    A name that no other bearer has cannot speak for its own bearer: a stranger's kana, the only kana there, agrees
    with itself alone.
    """
    if _unanimous(bearers):
        return
    believed = _believed(bearers)
    standing = _standing(bearers, believed)
    bearers_of: defaultdict[Form, set[str]] = defaultdict(set)
    for b in bearers:
        for form in forms_of(b.signature):
            bearers_of[form].add(b.signature)
    for signature in sorted({b.signature for b in bearers} - believed):
        against = _against(signature, standing, bearers_of)
        if against is not None:
            yield signature, against


def _unanimous(bearers: list[Bearer]) -> bool:
    """Whether all names of each script agree, as they mostly do; then nothing that follows could cut any off."""
    forms = sorted({form for b in bearers for form in forms_of(b.signature)}, key=_script)
    return all(agree(x, y) for _, group in groupby(forms, key=_script) for x, y in combinations(group, 2))


_script = attrgetter("script")


def _against(signature: str, standing: dict[str, list[Form]], bearers_of: dict[Form, set[str]]) -> str | None:
    """What speaks against a bearer, None where nothing does or another bearer's name speaks for it."""
    against = None
    for form in forms_of(signature):
        names = standing.get(form.script, [])
        agreeing = [name for name in names if agree(form, name)]
        if any(bearers_of[name] - {signature} for name in agreeing):
            return None
        if names and not agreeing:
            against = f"{form.whole} ≠ {names[0].whole}"
    return against


def _believed(bearers: list[Bearer]) -> set[str]:
    """Signatures of the profiles that say whose the identifier is; empty where there is none.

    Where profiles of one tier contradict each other, the one with which most mentions agree is believed, and those
    that agree with it: a profile may give somebody else's number as its own.
    """
    best = min(b.tier for b in bearers)
    profiles = [b for b in bearers if b.tier == best < 2]
    if not profiles:
        return set()

    def rank(profile: Bearer) -> tuple[int, int, str]:
        others = (b for b in bearers if b is not profile)
        support = sum(b.mentions for b in others if _same_person(profile.signature, b.signature))
        return -support, _SOURCES.get(profile.source, 9), profile.signature

    first = min(profiles, key=rank).signature
    return {p.signature for p in profiles if p.signature == first or _same_person(first, p.signature) is not False}


def _same_person(a: str, b: str) -> bool | None:
    """Whether names agree in some script; None where they have no script in common."""
    pairs = [(x, y) for x in forms_of(a) for y in forms_of(b) if x.script == y.script]
    return any(agree(x, y) for x, y in pairs) if pairs else None


def _standing(bearers: list[Bearer], believed: set[str]) -> dict[str, list[Form]]:
    """The names that stand for an identifier, by script: those of profiles, else the one that most mentions bear.

    A profile in Latin script says nothing of kanji; there the mentions decide.
    """
    votes: Counter[Form] = Counter()
    source: dict[Form, int] = {}
    for b in bearers:
        for form in forms_of(b.signature):
            votes[form] += b.mentions
            source[form] = min(source.get(form, 9), _SOURCES.get(b.source, 9))
    by_script = _by_script(votes)
    standing = {script: _favourites(forms, votes, source, by_script) for script, forms in by_script.items()}
    if believed:
        standing |= _by_script(form for signature in sorted(believed) for form in forms_of(signature))
    return standing


def _by_script(forms: Iterable[Form]) -> dict[str, list[Form]]:
    found: defaultdict[str, list[Form]] = defaultdict(list)
    for form in forms:
        if form not in found[form.script]:
            found[form.script].append(form)
    return dict(found)


def _favourites(
    forms: list[Form], votes: Counter[Form], source: dict[Form, int], by_script: dict[str, list[Form]]
) -> list[Form]:
    """The form with which most mentions agree; then most bear; then of the better source; then the smallest.

    Where as many mentions stand behind a Latin name that disagrees, the one that sounds like a Japanese name of the
    identifier is believed; where neither or both do, none is: `NOBODY` agrees with no name.
    """
    agreeing = {f: sum(n for o, n in votes.items() if o.script == f.script and agree(f, o)) for f in forms}
    first = min(forms, key=lambda f: (-agreeing[f], -votes[f], source[f], f.whole, f.family or ""))
    rivals = [f for f in forms if agreeing[f] == agreeing[first] and not agree(f, first)]
    if not rivals:
        return [first]
    japanese = [f for script in ("kana", "han") for f in by_script.get(script, ()) if f.family and f.given]
    heard = (
        [f for f in (first, *rivals) if any(_sounds_like(j, f) for j in japanese)] if first.script == "latin" else []
    )
    if heard and all(agree(heard[0], f) for f in heard):
        return [heard[0]]
    alone = len(by_script) == 1  # nobody else could be joined to the wrong one
    return [first] if alone else [Form(first.script, NOBODY, NOBODY, NOBODY)]


NOBODY = "?"


def _sounds_like(japanese: Form, latin: Form) -> bool:
    return sounds_like(f"{japanese.family} {japanese.given}", latin.whole)
