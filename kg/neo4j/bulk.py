"""How do files become a database? By the import tool from the server's jars, within a bound of memory.

    >>> import_files(server, folder, arguments)      # doctest: +SKIP

The tool is a process of its own; it ends with the call, and a later run ends what a killed one left.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

from kg.errors import FixSetup
from kg.neo4j import slots
from kg.neo4j.program import find_java, jars
from kg.neo4j.server import Server, reason

HEAP_MB = 448
"""Linking relationships was seen to need about 300 MB whatever their number: with 240 MB it ended for want of memory."""
PAGECACHE_MB = 64
_STAGES = 4
_STAGE, _PERCENT = re.compile(r"^\((\d)/4\)"), re.compile(r"(\d+)%")


def import_files(
    server: Server, folder: Path, arguments: list[str], report: Callable[[int, int], None] = lambda done, total: None
) -> None:
    """Makes the server's database of files in `folder`, in place of what there is. The server must not run.

    `report` gets percents done over all stages, and their total. Raises `FixSetup` with the tool's reason.
    """
    java, lib = find_java(), jars(server.cache)
    server.prepare()
    conf = server.folder / "conf" / "import.conf"
    conf.write_text(f"server.memory.pagecache.size={PAGECACHE_MB}m\n", encoding="utf-8")
    words = [
        "database", "import", "full", "neo4j", "--overwrite-destination=true", "--multiline-fields=true",
        "--high-parallel-io=off", "--max-off-heap-memory=300m", f"--additional-config={conf}",
        f"--report-file={server.folder / 'logs' / 'import.report'}", *arguments,
    ]  # fmt: skip
    log = server.folder / "logs" / "import.log"
    with (
        log.open("w", encoding="utf-8") as kept,
        subprocess.Popen(
            server.admin_command(java, lib, *words, heap_mb=HEAP_MB), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, encoding="utf-8", errors="replace", cwd=folder,
            env={**server.environment(), "MALLOC_ARENA_MAX": "2"},
        ) as process,
    ):  # fmt: skip
        slots.note(server, pid=process.pid)
        try:
            _follow(process, kept.write, report)
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise FixSetup(
            f"The import tool failed: {reason(log.read_text(encoding='utf-8'))}",
            next_step=f"Its log is {log}; repeat kg neo4j load: files that are written are kept.",
        )


def _follow(process: subprocess.Popen[str], keep: Callable[[str], object], report: Callable[[int, int], None]) -> None:
    stage = 1
    for line in process.stdout or ():
        keep(line)
        if found := _STAGE.match(line.strip()):
            stage = int(found[1])
        elif found := _PERCENT.search(line):
            report((stage - 1) * 100 + int(found[1]), _STAGES * 100)
