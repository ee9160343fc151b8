"""Where officers find what the desk speaks of, and what it is called in their language."""

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from sojourn.desk.models import Proposal, WorkItem
from sojourn.sharing.wording import reason_in_words, subject_in_words


def application_page(item: WorkItem) -> str:
    return reverse("admin:sharing_dataapplication_change", args=[item.subject_id])


def alarm_page(item: WorkItem) -> str:
    return reverse("admin:sharing_alarm_change", args=[item.subject_id])


def alarm_title(item: WorkItem) -> str:
    facts = item.facts
    return _("{subject}：{reason}").format(
        subject=subject_in_words(facts.get("subject", ""), facts.get("names", {})),
        reason=reason_in_words(facts.get("reason", "")),
    )


def quarantine_page(item: WorkItem) -> str:
    feed, _colon, reason = item.subject_id.partition(":")
    words = urlencode({"feed__id__exact": feed, "reason": reason})
    return f"{reverse('admin:sharing_setasideentry_changelist')}?{words}"


def quarantine_title(item: WorkItem) -> str:
    facts = item.facts
    return _("{feed}有隔离条目：{reason}").format(
        feed=subject_in_words(facts.get("feed", ""), facts.get("names", {})),
        reason=reason_in_words(facts.get("reason", "")),
    )


def feed_page(proposal: Proposal) -> str:
    return reverse("admin:sharing_feed_change", args=[proposal.subject_id])


def peer_page(proposal: Proposal) -> str:
    return reverse("admin:sharing_peer_change", args=[proposal.subject_id])
