"""Where does row-wise work run? In worker processes, or here where one worker is asked for."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain, islice
from multiprocessing.connection import wait
from types import TracebackType
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")


def end_with_parent() -> None:
    """In a worker: ends it as soon as its parent is gone, so that a killed build leaves nobody who still writes."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


class Pool:
    """A pool that starts its processes when it is first needed and gives results in the order of the jobs.

    Processes are started afresh, not forked: the parent's engines and their threads would not survive a fork.
    """

    def __init__(self, workers: int) -> None:
        self.workers = max(1, workers)
        self._executor: ProcessPoolExecutor | None = None

    def map(self, function: Callable[[T], R], jobs: Iterable[T]) -> Iterator[R]:
        """Results in order. Jobs are taken up one by one, at most two a worker ahead, so that memory stays bounded."""
        queue = iter(jobs)
        first = list(islice(queue, 2))
        if self.workers == 1 or len(first) < 2:
            yield from map(function, chain(first, queue))
            return
        executor = self._start()
        waiting: deque[Future[R]] = deque()
        try:
            for job in chain(first, queue):
                if len(waiting) >= 2 * self.workers:
                    yield waiting.popleft().result()
                waiting.append(executor.submit(function, job))
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()

    def _start(self) -> ProcessPoolExecutor:
        if self._executor is None:
            context: Any = multiprocessing.get_context("spawn")
            self._executor = ProcessPoolExecutor(self.workers, mp_context=context, initializer=end_with_parent)
        return self._executor

    def close(self) -> None:
        """Ends the processes; work that has not begun is dropped."""
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)
            self._executor = None

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
