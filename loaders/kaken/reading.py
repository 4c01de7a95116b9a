"""How are NRID's value shapes read: language-tagged texts, bare strings, dates in parts?

Everything takes what it expects and puts what it cannot use into `skipped`, with path and reason.

    >>> texts([{"text": "野村", "lang": "ja"}, "Nomura"], "name", [])
    [('name[0]', 'ja', '野村'), ('name[1]', '', 'Nomura')]
    >>> day({"commonEra:year": 2022, "month": 4, "day": 1}, "since", [])
    '2022-04-01'
"""

from __future__ import annotations

from typing import Any

from kg.records import Skipped
from loaders.kaken.sheet import fold, name_column
from loaders.native import listed, mapping, mappings, skip, text

Texts = list[tuple[str, str, str]]
"""(path, language tag, exact text)."""


def texts(value: Any, path: str, skipped: list[Skipped]) -> Texts:
    """Texts of `[{text, lang}]`, of one such object, or of a bare string."""
    found: Texts = []
    several = isinstance(value, list)
    for i, element in enumerate(listed(value)):
        here = f"{path}[{i}]" if several else path
        if isinstance(element, dict):
            words, lang = element.get("text"), element.get("lang")
            if isinstance(words, str) and words.strip():
                found.append((here, lang if isinstance(lang, str) else "", words))
            elif words is not None and not isinstance(words, str):
                text(words, f"{here}.text", skipped)
        elif isinstance(element, str) and element.strip():
            found.append((here, "", element))
        elif element is not None and not isinstance(element, str):
            text(element if isinstance(element, list | dict | bool) else [element], here, skipped)
    return found


def human(value: Any, path: str, skipped: list[Skipped]) -> Texts:
    """Texts of an object's (or of each object's) `humanReadableValue`."""
    if isinstance(value, str):
        return texts(value, path, skipped)
    found: Texts = []
    if isinstance(value, list):
        for here, element in mappings(value, path, skipped):
            found += texts(element.get("humanReadableValue"), f"{here}.humanReadableValue", skipped)
        return found
    element = mapping(value, path, skipped)
    return texts(element.get("humanReadableValue"), f"{path}.humanReadableValue", skipped)


def by_language(found: Texts, skipped: list[Skipped]) -> tuple[str | None, str | None, str | None]:
    """First Japanese, kana and English text, white space folded. A tag is believed only where the script allows it."""
    ja = kana = en = None
    for path, lang, words in found:
        if lang == "ja-Kana":
            kana = kana or fold(words)
            continue
        column = name_column(words, lang)
        if column == "en":
            en = en or fold(words)
        elif column:
            ja = ja or fold(words)
        else:
            skipped.append(skip(path, f"a name in another language ({lang}) has no column", words))
    return ja, kana, en


def strings(value: Any, path: str, skipped: list[Skipped]) -> list[str]:
    """Strings (or numbers) of a list or of a single value."""
    return [s for i, v in enumerate(listed(value)) if (s := text(v, f"{path}[{i}]", skipped))]


def day(value: Any, path: str, skipped: list[Skipped]) -> str | None:
    """`{commonEra:year, month, day}` as a partial date."""
    parts = mapping(value, path, skipped)
    number = _int(parts.get("commonEra:year"), f"{path}.commonEra:year", skipped, 1500, 2099)
    if number is None:
        return None
    month = _int(parts.get("month"), f"{path}.month", skipped, 1, 12)
    date = _int(parts.get("day"), f"{path}.day", skipped, 1, 31) if month else None
    if month is None:
        return f"{number}"
    return f"{number}-{month:02d}" if date is None else f"{number}-{month:02d}-{date:02d}"


def _int(value: Any, path: str, skipped: list[Skipped], low: int, high: int) -> int | None:
    if value is None:
        return None
    number = int(value) if isinstance(value, int | str) and str(value).strip().isdecimal() else None
    if number is None or not low <= number <= high:
        text(value if isinstance(value, list | dict | bool) else [value], path, skipped)
        return None
    return number


def first_day(value: Any, path: str, skipped: list[Skipped]) -> str | None:
    """`{fiscal:year: {commonEra:year, firstDate:month, firstDate:day}}` as a date; None where month or day lack."""
    inner = mapping(mapping(value, path, skipped).get("fiscal:year"), f"{path}.fiscal:year", skipped)
    parts = {key.removeprefix("firstDate:"): part for key, part in inner.items()}
    found = day(parts, f"{path}.fiscal:year", skipped)
    return found if found and len(found) == 10 else None


def fiscal_year(value: Any, path: str, skipped: list[Skipped]) -> int | None:
    """`{fiscal:year: {commonEra:year}}` (the year is a string here) as a number."""
    inner = mapping(mapping(value, path, skipped).get("fiscal:year"), f"{path}.fiscal:year", skipped)
    return _int(inner.get("commonEra:year"), f"{path}.fiscal:year.commonEra:year", skipped, 1900, 2099)
