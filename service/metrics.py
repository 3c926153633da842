"""What is measured, for Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.openmetrics.exposition import generate_latest


class Metrics:
    """This process's figures, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "parley_requests", "Answers by route and status.", ["route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "parley_request_seconds",
            "Time to answer, by route.",
            ["route"],
            buckets=(0.001, 0.005, 0.02, 0.05, 0.1, 0.5, 1, 3, 10),
            registry=self.registry,
        )
        self.origins_refused = Counter(
            "parley_origins_refused",
            "Unsafe calls from origins that are not on the site's list.",
            registry=self.registry,
        )
        self.pages = Counter(
            "parley_pages", "Pages of comments, by where they came from.", ["from"], registry=self.registry
        )
        self.live_clients = Gauge("parley_live_clients", "Open event streams.", registry=self.registry)
        self.queue = Gauge("parley_queue_items", "Items waiting, by lane.", ["lane"], registry=self.registry)
        self.queue_age = Gauge(
            "parley_queue_oldest_seconds",
            "Age of the oldest item waiting, by lane.",
            ["lane"],
            registry=self.registry,
        )

    def render(self) -> bytes:
        """The exposition, in OpenMetrics text."""
        exposition: bytes = generate_latest(self.registry)  # type: ignore[no-untyped-call]
        return exposition
