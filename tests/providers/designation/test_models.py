"""What the database promises about designations, whoever writes."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from providers.designation.models import Base, Batch, ReportedCount, Scheme
from sojourn.provinces.models import Member
from tests.factories.designation import BaseFactory, BatchFactory, ReportedCountFactory, SchemeFactory

pytestmark = pytest.mark.django_db


def broken(make, **columns) -> str:
    """The name of the promise that the row would break."""
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        make(**columns)
    return refusal.value.__cause__.diag.constraint_name


def test_a_facility_has_one_live_designation_in_a_scheme():
    base = BaseFactory()
    again = {"facility": base.facility, "batch": BatchFactory(scheme=base.scheme)}

    assert broken(BaseFactory, **again) == "base_one_live_designation"
    assert BaseFactory(facility=base.facility).scheme != base.scheme
    assert BaseFactory(**again, withdrawn=True).pk


def test_a_place_in_a_list_is_taken_once():
    base = BaseFactory()

    assert broken(BaseFactory, batch=base.batch, listed_number=base.listed_number) == "base_one_place_in_list"


@pytest.mark.parametrize(
    ("columns", "promise"),
    [
        ({"status": "lost", "ended_on": date(2026, 1, 1)}, "base_status_is_known"),
        ({"valid_to": date(2025, 1, 1)}, "base_validity_follows_designation"),
        ({"ended_on": date(2026, 1, 1)}, "base_ends_when_it_is_over"),
        ({"status": "withdrawn", "withdrawal_reason": "样例"}, "base_ends_when_it_is_over"),
        (
            {"status": "withdrawn", "withdrawal_reason": "样例", "ended_on": date(2025, 1, 1)},
            "base_ends_when_it_is_over",
        ),
        ({"status": "withdrawn", "ended_on": date(2026, 1, 1)}, "base_withdrawal_has_a_reason"),
        (
            {"status": "expired", "ended_on": date(2026, 1, 1), "withdrawal_reason": "样例"},
            "base_withdrawal_has_a_reason",
        ),
    ],
)
def test_a_base_that_cannot_be_is_refused(columns, promise):
    assert broken(BaseFactory, **columns) == promise


def test_schemes_batches_and_counts_stand_once():
    batch, count = BatchFactory(), ReportedCountFactory()
    scheme = batch.scheme

    assert broken(SchemeFactory, name=scheme.name, edition=scheme.edition) == "scheme_edition_once"
    assert broken(BatchFactory, scheme=scheme, ordinal=batch.ordinal) == "batch_ordinal_once"
    assert broken(BatchFactory, plaques_on=date(2025, 6, 29)) == "batch_plaques_follow_the_list"
    assert (
        broken(ReportedCountFactory, period=count.period, reported_on=count.reported_on)
        == "reportedcount_once_in_a_report"
    )


def test_a_scheme_and_a_list_are_owned_by_the_member_whose_they_are():
    assert broken(SchemeFactory, owner="500000") == "scheme_owner_is_its_member"
    assert broken(BatchFactory, owner="500000") == "batch_owner_is_its_member"


def test_rows_call_themselves_by_what_was_published():
    scheme = Scheme(name="样例方案", edition="2025")

    assert str(Batch(scheme=scheme, ordinal=2)) == "样例方案 2025 #2"
    assert str(Base(listed_name="汀鹭颐养院")) == "汀鹭颐养院"
    assert str(ReportedCount(member=Member(name="吉林省"), period="2019–2020")) == "吉林省 2019–2020"
