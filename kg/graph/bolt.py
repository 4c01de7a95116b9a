"""Statements to a Neo4j server and their rows: one driver, errors in the product's own words.

    >>> with Bolt(Address("bolt://127.0.0.1:7687", "neo4j", password)) as bolt:    # doctest: +SKIP
    ...     bolt.rows("RETURN 1 AS n")
    [{'n': 1}]

Statements are the files of `kg/graph/cypher/`, alone or one after the other; values travel as one parameter, the map `q`.
One, because the server makes a plan anew for each combination of types and magnitudes of parameters (measured: 30 to 280 ms
for each length class of a list), but does not look into a map.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import TracebackType
from typing import Any

import neo4j
from neo4j.exceptions import (
    AuthError,
    ClientError,
    ConfigurationError,
    DriverError,
    Neo4jError,
    ServiceUnavailable,
    TransientError,
)

from kg.errors import FixSetup, LimitReached, OurBug, ServerGone

Row = dict[str, Any]

SCHEMES = tuple(f"{kind}{safe}://" for kind in ("bolt", "neo4j") for safe in ("", "+s", "+ssc"))
SECONDS = 120.0
"""After which the server stops a statement."""
CONNECT_SECONDS = 3.0
"""How long a connection may take to come up."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens, and as whom to speak to it."""

    url: str
    user: str = "neo4j"
    password: str = field(default="", repr=False)


@cache
def cypher(*names: str) -> str:
    """Text of `kg/graph/cypher/{name}.cypher`; several are one statement, in this order."""
    folder = files("kg.graph").joinpath("cypher")
    return "\n".join(folder.joinpath(f"{name}.cypher").read_text(encoding="utf-8") for name in names)


class Bolt:
    """A driver that only reads. Safe for threads; connections come up with the first statement."""

    def __init__(self, address: Address, *, seconds: float = SECONDS) -> None:
        self.address, self._seconds = address, seconds
        wrong = FixSetup(
            f"«{address.url}» is no address of a Neo4j server.", next_step="Like this: bolt://127.0.0.1:7687"
        )
        if not address.url.startswith(SCHEMES):
            raise wrong
        try:
            self._driver = neo4j.GraphDatabase.driver(
                address.url, auth=(address.user, address.password), connection_timeout=CONNECT_SECONDS,
                connection_acquisition_timeout=10.0, notifications_min_severity="OFF", telemetry_disabled=True,
                user_agent="scholarly-kg",
            )  # fmt: skip
        except (ConfigurationError, ValueError) as e:
            raise wrong from e

    def __enter__(self) -> Bolt:
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Ends all connections."""
        self._driver.close()

    def rows(self, statement: str, parameters: Row | None = None) -> list[Row]:
        """All rows of a statement that reads.

        Raises `ServerGone` where the server does not answer, `FixSetup` where it refuses the password, `LimitReached` where
        the statement took too long or too much memory.
        """
        query = neo4j.Query(statement, timeout=self._seconds)
        with (
            self._in_our_words(),
            self._driver.session(default_access_mode=neo4j.READ_ACCESS, fetch_size=-1) as session,
        ):
            result = session.run(query, parameters or {})
            names = result.keys()
            return [dict(zip(names, record.values(), strict=True)) for record in result]

    @contextmanager
    def _in_our_words(self) -> Iterator[None]:
        at = self.address.url
        try:
            yield
        except AuthError as e:
            raise FixSetup(
                f"The server at {at} refuses user and password.",
                next_step="Set KG_GRAPH_USER, and KG_GRAPH_PASSWORD or KG_GRAPH_PASSWORD_FILE.",
            ) from e
        except TransientError as e:
            if "Memory" in (e.code or ""):
                raise LimitReached("The graph server ran out of memory for this question.") from e
            raise ServerGone(f"The graph server at {at} is busy: {e.code}.") from e
        except ClientError as e:
            if "TransactionTimedOut" in (e.code or "") or "Terminated" in (e.code or ""):
                raise LimitReached(f"The graph server stopped a statement after {self._seconds:g} s.") from e
            raise OurBug(f"The graph server refuses a statement of ours: {e.code}: {e.message}") from e
        except (ServiceUnavailable, DriverError, Neo4jError, OSError) as e:
            raise ServerGone(
                f"The graph server at {at} does not answer.", next_step="kg neo4j status; then repeat."
            ) from e
