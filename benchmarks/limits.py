"""What the machine could do at most: how fast it reads memory, which every step must do with all weights."""

import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

BYTES, ROUNDS = 256 << 20, 4


def measure_bandwidth(threads: int) -> float:
    """Bytes per second that so many threads read together; the best of a few rounds."""
    arrays = [np.ones(BYTES // 8, np.int64) for _ in range(threads)]
    best = 0.0
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(ROUNDS):
            began = time.perf_counter()
            list(pool.map(np.sum, arrays))  # numpy lets go of Python's lock
            best = max(best, threads * BYTES / (time.perf_counter() - began))
    return best
