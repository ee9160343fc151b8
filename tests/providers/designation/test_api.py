import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from providers.designation.models import Base
from tests.factories.designation import BaseFactory
from tests.factories.facilities import FacilityFactory

pytestmark = pytest.mark.django_db


def test_a_program_reads_the_eleven_real_bases(client):
    answer = client.get("/api/v1/designations/?division=44&status=designated&page_size=100").json()

    assert sorted(row["listed_number"] for row in answer["results"]) == list(range(1, 12))
    sixth = next(row for row in answer["results"] if row["listed_number"] == 6)
    base = Base.objects.get(listed_number=6)
    assert (sixth["id"], sixth["number"], sixth["owner"]) == (str(base.pk), base.number, "440000")
    assert (sixth["facility"], sixth["facility_number"]) == (str(base.facility_id), base.facility.number)
    assert (sixth["listed_name"], sixth["designated_on"], sixth["status"]) == (
        "樵晋老龄家园",
        "2021-11-15",
        "designated",
    )
    assert (sixth["plaque_number"], sixth["valid_to"], sixth["ended_on"]) == (None, None, None)
    batch = sixth["batch"]
    assert (batch["member"], batch["announced_on"], batch["plaques_on"], batch["announced_by"]) == (
        "440000",
        "2021-11-15",
        "2021-11-15",
        "广东省民政厅",
    )
    assert len(batch["scheme"]["stages"]) == 9
    assert batch["scheme"]["issued_on"] is None


def test_the_designation_of_a_facility_that_is_not_public_is_not_there(client):
    hidden = BaseFactory(facility=FacilityFactory())

    assert client.get(f"/api/v1/designations/{hidden.pk}/").status_code == 404


def test_a_withdrawn_designation_says_so(client):
    base = BaseFactory(withdrawn=True)

    [answer] = client.get(f"/api/v1/designations/?facility={base.facility_id}").json()["results"]

    assert (answer["status"], answer["ended_on"]) == ("withdrawn", "2026-03-01")


@pytest.mark.parametrize(
    "words", ["status=lost", "division=999999", "facility=7", "number=%00", "page=1", "member=440000"]
)
def test_a_word_that_cannot_be_read_is_refused(client, words):
    response = client.get(f"/api/v1/designations/?{words}")

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"


def test_the_list_asks_as_many_questions_for_two_rows_as_for_twenty(client):
    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/api/v1/designations/?division=23&page_size=50").status_code == 200
        return len(asked)

    def here(count: int) -> None:
        for facility in FacilityFactory.create_batch(count, open=True, division_id="230103"):
            BaseFactory(facility=facility)

    here(2)
    with_two = questions()
    here(18)

    assert questions() == with_two
