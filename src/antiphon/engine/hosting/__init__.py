"""Models that one process keeps for several: a `Host` there, a `Guest` in each of the others."""
