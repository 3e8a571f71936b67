"""Whom the client asks, as a value."""

from dataclasses import dataclass

from kernel import sum_cpu_seconds

DIRECT, OURS, THEIRS = "direct", "antiphon", "litellm"


@dataclass(frozen=True)
class Place:
    """A server on this machine. pid: of the gateway that is measured; None for the upstream itself, without one."""

    name: str
    port: int
    pid: int | None

    def cpu_seconds(self) -> float:
        """CPU time of the gateway and all its processes so far."""
        return sum_cpu_seconds(self.pid) if self.pid else 0.0
