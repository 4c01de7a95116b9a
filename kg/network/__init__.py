"""A release as a plain graph for other programs: who works with whom, who made what.

Comes in: a release and a `Wanted` (which graph, which people, which years). Goes out: a `Network` of nodes and edges that
`write_graphml`, `write_gexf` and `write_parquet` stream to disk. No server is needed.
"""

from kg.network.markup import write_gexf, write_graphml
from kg.network.select import WHAT, Network, Part, Wanted, What, open_network
from kg.network.tables import write_parquet

__all__ = ["WHAT", "Network", "Part", "Wanted", "What", "open_network", "write_gexf", "write_graphml", "write_parquet"]
