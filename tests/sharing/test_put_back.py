"""A producer put back to an hour ago signs no number twice; a consumer put back to a week ago tells nobody again."""

from contextlib import ExitStack, contextmanager
from unittest import mock

import pytest

from providers.facilities.models import Facility, Operator
from residents import consents
from residents.consents.models import Consent
from residents.registry.models import Resident
from residents.registry.services import erase_resident
from residents.registry.states import ResidentStatus
from sojourn.core.actors import SYSTEM
from sojourn.messages.querysets import MessageQuerySet
from sojourn.messages.states import MessageStatus
from sojourn.sharing.models import Alarm, FeedHead, RegistryEdition
from sojourn.sharing.services import applying, membership, pulling
from sojourn.sharing.services.alarms import raise_alarm
from sojourn.sharing.states import FeedState
from tests.factories.consents import BY_TELEPHONE, a_consent
from tests.factories.facilities import FacilityFactory, OperatorFactory
from tests.factories.messages import MessageFactory
from tests.residents.consents.exchange import a_grant
from tests.sharing.exchange import feed_of
from tests.sharing.modelling.sabotage import no_watermark
from tests.sharing.modelling.story import seal_all
from tests.sharing.putting_back import DAY, HOUR, Exchange, an_exchange, shared, told

WRITER, READER = "44", "50"
TAKEN, TAKEN_LATER = "91440101MA5ABCDE0X", "91440101MA5ABCDE1X"
# That it was put back is news itself: peers show it pages of its own and a key that it does not know, and it recovers.
OF_THE_RESTORE = {"recover", "own_head_unknown", "unknown_key"}


@pytest.fixture
def exchange(django_db_setup, django_db_blocker, tmp_path):
    with django_db_blocker.unblock(), an_exchange(tmp_path) as exchange:
        yield exchange


def begin(exchange: Exchange, *, given: int) -> list[Consent]:
    """粤 has operators, facilities and consents, and 渝 follows it."""
    with exchange.world.work(WRITER):
        a_grant()
        OperatorFactory.create_batch(20, division_id="440106")
        FacilityFactory.create_batch(2, division_id="440106")
        agreed = [a_consent() for _ in range(given)]
        membership.beat_hearts()
    with exchange.world.work(READER):
        membership.beat_hearts()
    exchange.come_to_rest()
    return agreed


def withdraw(consent: Consent) -> None:
    consents.services.withdraw_consent(consent_id=consent.pk, saying=BY_TELEPHONE, actor=SYSTEM)


def say(word: str) -> None:
    """Every facility of 粤 says the word."""
    Facility.objects.filter(owner="440000").update(telephone_hours=word)


def said(exchange: Exchange, name: str) -> set[str]:
    with exchange.world.work(name):
        return set(Facility.objects.filter(owner="440000").values_list("telephone_hours", flat=True))


def shared_at(exchange: Exchange, name: str) -> set[str]:
    with exchange.world.work(name):
        return shared()


# --- a producer -------------------------------------------------------------------------------------
def an_hour(exchange: Exchange, goes: Consent, erased: Consent) -> None:
    """Every ten minutes a change; one consent is taken back, one resident erased; no peer has the last page."""
    for turn in exchange.pass_time(HOUR, turns=6):
        with exchange.world.work(WRITER):
            say(f"第{turn}次")
            membership.beat_hearts()
            if turn == 1:
                withdraw(goes)
            if turn == 2:
                erase_resident(resident_id=erased.resident_id, ground="purpose_ended", actor=SYSTEM)
            if turn == 4:
                FacilityFactory(division_id="440106")
    with exchange.world.work(WRITER):
        say("最后一页")
        seal_all()
        exchange.keep_headers()


def test_a_producer_put_back_to_an_hour_ago_signs_no_number_twice_and_has_its_pages_from_its_peer(exchange):
    stays, goes, erased = begin(exchange, given=3)
    backup = exchange.world.keep_copy(WRITER)
    an_hour(exchange, goes, erased)
    pages = dict(exchange.headers)
    with exchange.world.work(WRITER):
        heads = dict(FeedHead.objects.values_list("pk", "digest"))

    exchange.world.put_back(WRITER, backup)

    with exchange.world.work(WRITER):
        assert set(FeedHead.objects.values_list("pk", "digest")) != set(heads.items())
        assert Resident.objects.get(pk=erased.resident_id).status == ResidentStatus.REGISTERED
        say("恢复之后")
        assert seal_all() == []
        assert feed_of("facilities").head.state == FeedState.RECOVER
    exchange.come_to_rest()
    assert exchange.complaints() == []
    assert said(exchange, WRITER) == said(exchange, READER) == {"最后一页"}
    with exchange.world.work(WRITER):
        assert dict(FeedHead.objects.values_list("pk", "digest")) == heads
        assert Resident.objects.get(pk=erased.resident_id).status == ResidentStatus.ERASED
    assert shared_at(exchange, WRITER) == shared_at(exchange, READER) == {str(stays.pk)}
    with exchange.world.work(WRITER):
        say("新的一页")
    exchange.come_to_rest()
    assert said(exchange, READER) == {"新的一页"}
    assert exchange.complaints() == []
    assert len(exchange.headers) > len(pages)


def test_a_producer_put_back_that_forgot_what_it_signed_is_found_out(exchange):
    _stays, goes, erased = begin(exchange, given=3)
    backup = exchange.world.keep_copy(WRITER)
    an_hour(exchange, goes, erased)
    exchange.world.put_back(WRITER, backup)

    with no_watermark():
        with exchange.world.work(WRITER):
            say("恢复之后")
        exchange.come_to_rest()

    assert any("2 headers" in complaint for complaint in exchange.complaints())


# --- a consumer -------------------------------------------------------------------------------------
def both_register(exchange: Exchange, credit_code: str) -> None:
    """Both nodes register an operator under one code, and twenty others, before they have heard of each other's."""
    for name, county in ((WRITER, "440106"), (READER, "500103")):
        with exchange.world.work(name):
            OperatorFactory.create_batch(20, division_id=county)
            OperatorFactory(division_id=county, credit_code=credit_code)


def told_before(exchange: Exchange) -> None:
    """渝 was told of an entry that it cannot store and of a withdrawal that it cannot follow; a message waits there."""
    with exchange.world.work(READER):
        needed = Operator.objects.filter(owner="440000").first()
        FacilityFactory(division_id="500103", operator=needed)
    with exchange.world.work(WRITER):
        Operator.objects.filter(pk=needed.pk).delete()
    both_register(exchange, TAKEN)
    exchange.come_to_rest()
    with exchange.world.work(READER):
        assert set(Alarm.objects.open().values_list("reason", flat=True)) == {"withdrawal_in_use"}
        MessageFactory(expires_at=exchange.world.at + 3 * DAY)


def a_week(exchange: Exchange, goes: Consent) -> Consent:
    """28 changes, a new key and edition, what cannot be stored, one consent for another; the new one."""
    for day in exchange.pass_time(7 * DAY, turns=7):
        with exchange.world.work(WRITER):
            membership.beat_hearts()
            for time in range(4):
                say(f"第{day}日{time}")
                seal_all()
            match day:
                case 1:
                    comes, _ = a_consent(), withdraw(goes)
                case 5:  # what could not be stored is corrected
                    taken = Operator.objects.filter(owner="440000", credit_code__in=[TAKEN, TAKEN_LATER])
                    taken.update(credit_code=None)
        with exchange.world.work(READER):
            membership.beat_hearts()
            if day == 3:  # what kept a withdrawn operator here needs it no more
                Facility.objects.filter(owner="500000").update(operator=None)
        if day == 2:
            both_register(exchange, TAKEN_LATER)
        if day == 4:
            exchange.world.rotate(WRITER, "440000")
    return comes


def told_again(exchange: Exchange, before: dict) -> list[str]:
    """What 渝 was told more often than it had been, but for what the restore itself has to say; all that is unlike."""
    with exchange.world.work(READER):
        after = told()
    more = {what: count for what, count in after.items() if count > before.get(what, 0)}
    again = [f"told again: {what}" for what in more if what[1] not in OF_THE_RESTORE]
    return again + exchange.complaints()


def every_page_is_told():
    """As if whoever applies a page told people so."""
    apply_page = pulling.apply_page

    def telling(*, feed_id, page):
        raise_alarm(reason="page_applied", subject=f"page {feed_id}.{page.header.no}")
        return apply_page(feed_id=feed_id, page=page)

    return mock.patch.object(pulling, "apply_page", telling)


@contextmanager
def messages_never_end():
    """As if a message were of use for ever."""
    with ExitStack() as stack:
        for name, found in {
            "due_at": lambda rows, _at: rows.filter(status=MessageStatus.WAITING),
            "overdue_at": lambda rows, _at: rows.none(),
        }.items():
            stack.enter_context(mock.patch.object(MessageQuerySet, name, found))
        yield


def withdrawals_pass_by():
    """As if a withdrawal took nothing away."""
    return mock.patch.object(applying, "withdraw", return_value=0)


@pytest.fixture
def a_week_ago(exchange):
    """渝 as it was a week ago, 粤 as it is: what was told at 渝 before it was put back, and whose consents stand."""
    stays, goes = begin(exchange, given=2)
    told_before(exchange)
    backup = exchange.world.keep_copy(READER)
    comes = a_week(exchange, goes)
    with exchange.world.work(READER):
        before = told()
        assert not Alarm.objects.open().exists()
    assert exchange.complaints() == []

    exchange.world.put_back(READER, backup)

    exchange.world.at += HOUR
    assert str(goes.pk) in shared_at(exchange, READER)
    return before, {str(stays.pk), str(comes.pk)}


def test_a_consumer_put_back_to_a_week_ago_converges_and_tells_nobody_again(exchange, a_week_ago):
    before, standing = a_week_ago

    exchange.come_to_rest()

    assert told_again(exchange, before) == []
    assert said(exchange, READER) == said(exchange, WRITER) == {"第6日3"}
    assert shared_at(exchange, READER) == shared_at(exchange, WRITER) == standing
    with exchange.world.work(READER):
        assert set(Alarm.objects.open().values_list("reason", flat=True)) <= {"unknown_key"}
        assert RegistryEdition.objects.order_by("edition").last().edition == exchange.world.edition


def test_a_consumer_that_tells_again_or_passes_by_what_was_withdrawn_is_found_out(exchange, a_week_ago):
    before, standing = a_week_ago

    with every_page_is_told(), messages_never_end(), withdrawals_pass_by():
        exchange.come_to_rest()

    complaints = told_again(exchange, before)
    assert any("page_applied" in complaint for complaint in complaints)
    assert any("went out twice" in complaint for complaint in complaints)
    assert not shared_at(exchange, READER) <= standing
