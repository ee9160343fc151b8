"""Figures of this node for those who watch it."""

from django.http import HttpRequest
from prometheus_client import Counter, Histogram

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

REQUESTS = Counter("sojourn_requests_total", "Requests answered.", ["route", "method", "status"])
DURATION = Histogram(
    "sojourn_request_seconds",
    "Time to answer a request.",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)


def route_of(request: HttpRequest) -> str:
    """The pattern of the address, never the address: it may hold what a person typed."""
    match = request.resolver_match
    return f"/{match.route}" if match else "(none)"


def count_request(request: HttpRequest, status: int, seconds: float) -> None:
    route, method = route_of(request), request.method if request.method in METHODS else "other"
    REQUESTS.labels(route, method, str(status)).inc()
    DURATION.labels(route).observe(seconds)
