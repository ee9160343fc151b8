"""Where officers find what the desk speaks of."""

from django.urls import reverse

from residents.consents.models import MatchingKey
from sojourn.desk.models import Proposal, WorkItem


def consent_page(proposal: Proposal) -> str:
    return reverse("admin:consents_consent_change", args=[proposal.subject_id])


def arrival_page(item: WorkItem) -> str:
    return reverse("admin:consents_arrival_change", args=[item.subject_id])


def match_page(item: WorkItem) -> str:
    return reverse("admin:consents_match_change", args=[item.subject_id])


def matching_key_page(item: WorkItem) -> str:
    """The grant under which the key was begun."""
    use = MatchingKey.objects.get(pk=item.subject_id)
    return reverse("admin:sharing_grant_change", args=[use.grant_id])
