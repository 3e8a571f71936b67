"""What is counted, as Prometheus has it. Several API processes are added up where they say where (`--workers`)."""

from prometheus_client import Counter, Gauge

REQUESTS = Counter("antiphon_requests", "Requests that have been answered.", ("method", "path", "status"))
UPSTREAM_FAULTS = Counter(
    "antiphon_upstream_faults",
    "What went wrong with an upstream: requests, and looks at whether it is well.",
    ("model", "upstream", "kind"),
)
UPSTREAM_UP = Gauge(
    "antiphon_upstream_up",
    "Whether an upstream says that it is well.",
    ("model", "upstream"),
    multiprocess_mode="livemin",
)
