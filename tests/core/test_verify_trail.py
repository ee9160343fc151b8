"""Whoever looks after a node can see that its trail is whole, or which day is not."""

from datetime import timedelta

import pgtrigger
import pytest
from django.core.management import CommandError, call_command

from sojourn.core.actors import SYSTEM
from sojourn.core.clock import now, today
from sojourn.core.models import AuditEntry, TrailSeal
from sojourn.core.services import seal_trail

pytestmark = pytest.mark.django_db


@pytest.fixture
def seals():
    """Seals through yesterday, with two entries of ours on each of the last two days."""
    for days in (2, 1):
        for action in ("facility.opened", "facility.paused"):
            AuditEntry.objects.create(
                action=action,
                subject_kind="facilities.facility",
                subject_id=f"{days} days ago",
                at=now() - timedelta(days=days),
                **SYSTEM.as_columns(),
            )
    return seal_trail()


def verdict(capsys) -> str:
    call_command("verify_trail")
    return capsys.readouterr().out


def test_a_trail_without_a_sealed_day_says_so(capsys):
    assert verdict(capsys) == "No day is sealed yet.\n"


def test_a_whole_trail_is_told_by_its_last_seal(seals, capsys):
    last = seals[-1]

    assert last.day == today() - timedelta(days=1)
    assert verdict(capsys) == f"{len(seals)} days are whole; the last is {last.day} {last.digest}\n"


def test_a_changed_entry_is_named_by_its_day(seals):
    with pgtrigger.ignore("core.AuditEntry:append_only"):
        AuditEntry.objects.filter(subject_id="2 days ago").update(action="facility.closed")

    with pytest.raises(CommandError) as broken:
        call_command("verify_trail")

    assert str(broken.value) == f"{today() - timedelta(days=2)}: an entry, or the seal itself, was changed"


def test_a_removed_entry_is_named_by_its_day(seals):
    with pgtrigger.ignore("core.AuditEntry:append_only"):
        AuditEntry.objects.filter(subject_id="1 days ago").latest("id").delete()

    with pytest.raises(CommandError) as broken:
        call_command("verify_trail")

    assert str(broken.value) == f"{today() - timedelta(days=1)}: entries were added or removed"


def test_a_rewritten_seal_breaks_the_chain(seals):
    first, last = seals[-2:]
    with pgtrigger.ignore("core.TrailSeal:append_only"):
        TrailSeal.objects.filter(pk=first.pk).update(digest="0" * 64)

    with pytest.raises(CommandError) as broken:
        call_command("verify_trail")

    assert str(broken.value).splitlines() == [
        f"{first.day}: an entry, or the seal itself, was changed",
        f"{last.day}: its seal does not continue the seal of the day before",
    ]
