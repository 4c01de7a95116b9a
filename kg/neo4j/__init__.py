"""A Neo4j server of one's own: how it comes onto this machine, starts, and ends.

Comes in: settings. Goes out: an address, a user and a password (`Server.access`). Everything of it lies under
`KG_HOME/neo4j`, apart from the program itself, which is fetched once into the user's cache.
"""

from kg.neo4j.docker import DockerServer
from kg.neo4j.server import Access, Server, State

__all__ = ["Access", "DockerServer", "Server", "State"]
