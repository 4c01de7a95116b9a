"""Dates as sources write them, reduced to what is known.

>>> partial("2020-4"), partial("20200401"), partial("2020/04/01"), partial("令和2年4月"), partial("9999")
('2020-04', '2020-04-01', '2020-04-01', '2020-04', None)
>>> year("c2004"), fiscal_year("2020-03-31")
(2004, 2019)
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_ERAS = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}
_ERA = re.compile(r"(明治|大正|昭和|平成|令和)\s*(元|\d{1,2})\s*年?(?:\s*(\d{1,2})\s*月)?(?:\s*(\d{1,2})\s*日)?")
_ISO = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?:\s*[-/.年]\s*(\d{1,2}))?(?:\s*[-/.月]\s*(\d{1,2}))?(?!\d)")
_COMPACT = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])?(?!\d)")
_MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def partial(value: object) -> str | None:
    """`YYYY`, `YYYY-MM` or `YYYY-MM-DD`; None where no year between 1500 and 2099 can be read.

    An impossible month or day is left out, the rest is kept. Time and zone are dropped.
    """
    return _partial(str(value)) if value is not None else None


@lru_cache(maxsize=1 << 15)
def _partial(value: str) -> str | None:
    """`partial` of a text; days and months repeat, so that most are looked up."""
    text = unicodedata.normalize("NFKC", value).strip()
    if not text:
        return None
    if era := _ERA.search(text):
        name, y, month, day = era.groups()
        return _join(_ERAS[name] + (1 if y == "元" else int(y)), month, day)
    if compact := _COMPACT.search(text):
        return _join(int(compact.group(1)), compact.group(2), compact.group(3))
    if iso := _ISO.search(text):
        return _join(int(iso.group(1)), iso.group(2), iso.group(3))
    return None


def _join(y: int, month: str | None, day: str | None) -> str:
    if not month or not 1 <= int(month) <= 12:
        return f"{y:04d}"
    if not day or not 1 <= int(day) <= _MONTH_DAYS[int(month) - 1]:
        return f"{y:04d}-{int(month):02d}"
    return f"{y:04d}-{int(month):02d}-{int(day):02d}"


def year(value: object) -> int | None:
    """The year of `partial`."""
    date = partial(value)
    return int(date[:4]) if date else None


def fiscal_year(date: str | None) -> int | None:
    """年度 of a partial date: January to March belong to the year before; a bare year stands for itself."""
    if not date:
        return None
    return int(date[:4]) - (1 if len(date) >= 7 and int(date[5:7]) < 4 else 0)
