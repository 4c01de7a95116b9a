"""Which identifiers does an invented thing carry? Formulas over its number, in blocks that no registry has given out.

    >>> orcid(12), erad(12), nrid(erad(12)), permalink(12)
    ('0099-0000-0000-0126', '92000012', '1000092000012', 'synth_0000012')
    >>> doi(7), award("22", "K", 7)
    ('10.5555/synth.w0000007', '22ZK000007')

ORCID iDs begin with 0099, e-Rad numbers with 92 to 99, CRIDs carry 99 after their four-digit prefix, award numbers
have a Z before the letter of the funding line, DOIs the example prefix 10.5555, ROR ids begin with 0zz.
"""

from __future__ import annotations

ERAD_FIRST = 92_000_000
_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


def orcid(person: int) -> str:
    """ORCID iD with a valid check digit."""
    digits = f"0099{person:011d}"
    joined = digits + _mod_11_2(digits)
    return f"{joined[:4]}-{joined[4:8]}-{joined[8:12]}-{joined[12:]}"


def bad_orcid(person: int) -> str:
    """The same with a wrong check digit."""
    good = orcid(person)
    return good[:-1] + ("1" if good[-1] in "X0" else "X")


def erad(person: int) -> str:
    """Researcher number of e-Rad: 8 digits."""
    return str(ERAD_FIRST + person)


def nrid(number: str) -> str:
    """Researcher Name Resolver id of an e-Rad number."""
    return "1000" + number.zfill(9)


def permalink(person: int) -> str:
    """researchmap permalink."""
    return f"synth_{person:07d}"


def rm_user(person: int) -> str:
    """researchmap member id."""
    return f"R9{person:08d}"


def doi(work: int) -> str:
    """DOI under the prefix reserved for examples."""
    return f"10.5555/synth.w{work:07d}"


def naid(work: int) -> str:
    """CiNii article id."""
    return f"99{work:010d}"


def ncid(work: int) -> str:
    """CiNii book id."""
    return f"BZ{work:08d}"


def isbn(work: int) -> str:
    """ISBN-13 in a group that does not exist (979-99)."""
    body = f"97999{work:07d}"
    return body + str((10 - sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(body)) % 10) % 10)


def issn(number: int) -> str:
    """ISSN with a valid check character, block 9990 to 9999."""
    body = f"999{number:04d}"
    check = (11 - sum(int(d) * w for d, w in zip(body, range(8, 1, -1), strict=True)) % 11) % 11
    return f"{body[:4]}-{body[4:]}{'X' if check == 10 else check}"


_CRID = {"article": "1390", "conference": "1050", "book": "1970", "dissertation": "1910",
         "stub": "1572", "project": "1040", "researcher": "1410", "creator": "1380"}  # fmt: skip


def crid(kind: str, number: int) -> str:
    """CiNii Research id of a work, stub, project or person; `creator` is a node that CiNii makes for one paper only."""
    return f"{_CRID[kind]}99{number:013d}"


def award(year: str, letter: str, project: int) -> str:
    """KAKENHI award number."""
    return f"{year}Z{letter}{project:06d}"


def ror(organization: int) -> str:
    """ROR id with valid check digits (ISO 7064 MOD 97-10)."""
    value = int("".join(f"{_CROCKFORD.index(c):05b}" for c in "zz"), 2) << 20 | organization
    text, rest = "", value
    for _ in range(6):
        text, rest = _CROCKFORD[rest & 31] + text, rest >> 5
    return f"0{text}{98 - value * 100 % 97:02d}"


def nii_code(organization: int) -> str:
    """Institution code of KAKEN."""
    return f"099{organization:04d}"


def erad_org(organization: int) -> str:
    """Institution code of e-Rad."""
    return f"99{organization:05d}000"


def mext_code(organization: int) -> str:
    """Institution code of MEXT."""
    return f"9{organization:04d}"


def _mod_11_2(digits: str) -> str:
    total = 0
    for d in digits:
        total = (total + int(d)) * 2
    check = (12 - total % 11) % 11
    return "X" if check == 10 else str(check)
