"""Which nodes hang together? Connected components by smallest label, vectorised.

>>> components(5, np.array([0, 3]), np.array([4, 1])).tolist()
[0, 1, 2, 1, 0]
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.int64]]


def components(count: int, a: Array, b: Array) -> Array:
    """For each of `count` nodes the smallest node of its component; edges join `a[i]` and `b[i]`.

    Labels only fall: each round hooks the larger root of an edge under the smaller and halves all paths, so that
    chains of any length take a logarithmic number of rounds.
    """
    label = np.arange(count, dtype=np.int64)
    while len(a):
        roots_a, roots_b = label[a], label[b]
        low, high = np.minimum(roots_a, roots_b), np.maximum(roots_a, roots_b)
        open_edges = low != high
        if not open_edges.any():
            break
        a, b = a[open_edges], b[open_edges]
        np.minimum.at(label, high[open_edges], low[open_edges])
        while True:
            up = label[label]
            if np.array_equal(up, label):
                break
            label = up
    return label
