"""Where an officer finds what waits at her desk, and what it is called."""

from django.urls import reverse

from sojourn.desk.models import WorkItem


def review_page(item: WorkItem) -> str:
    return reverse("admin:assessments_review_change", args=[item.subject_id])


def review_title(item: WorkItem) -> str:
    """The queue and the number: a desk tells nobody's name."""
    return f"{item.queue_label} {item.facts.get('number', '')}"
