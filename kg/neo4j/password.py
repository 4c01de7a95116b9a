"""How does a running server get a new password, so that a crash at any moment leaves one that is known?

The new one is kept in `password.next` before the server hears of it, and becomes `password` after.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import neo4j
from neo4j.exceptions import AuthError

from kg.errors import FixSetup
from kg.neo4j.server import Access
from kg.raw.disk import sync_file, sync_folder


def change_password(access: Access, folder: Path) -> None:
    """Gives the server of this folder a password of its own making; only the file says which.

    Raises `FixSetup` where neither the password in the folder nor one left by an interrupted change is the server's.
    """
    known, following = folder / "password", folder / "password.next"
    if following.exists() and _holds(access, _read(following)):
        following.replace(known)
        sync_folder(folder)
    old = _read(known)
    if not _holds(access, old):
        raise FixSetup(
            f"The server at {access.address} does not take the password in {known}.",
            next_step="Write the right one into that file, or see docs/operations.md, «A forgotten password».",
        )
    following.unlink(missing_ok=True)
    new = secrets.token_hex(20)
    descriptor = os.open(following, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(new + "\n")
    sync_file(following)
    with _driver(access, old) as driver:
        driver.execute_query(
            "ALTER CURRENT USER SET PASSWORD FROM $old TO $new",
            database_="system",
            parameters_={"old": old, "new": new},
        )
    following.replace(known)
    sync_folder(folder)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8").strip()


def _driver(access: Access, password: str) -> neo4j.Driver:
    return neo4j.GraphDatabase.driver(access.address, auth=(access.user, password), notifications_min_severity="OFF")


def _holds(access: Access, password: str) -> bool:
    try:
        with _driver(access, password) as driver:
            driver.verify_connectivity()
    except AuthError:
        return False
    return True
