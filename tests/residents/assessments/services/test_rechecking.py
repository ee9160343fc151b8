"""By lot a share of every body's results is assessed once more by others, each result in one draw."""

from datetime import date

import pytest

from residents.assessments import drawing
from residents.assessments.errors import DrawnAlready, FactsInvalid, NotYourBody
from residents.assessments.models import Assessment, AssessmentBody, RecheckDraw, Review
from residents.assessments.periods import whole_period_before
from residents.assessments.services import decide_review, draw_rechecks
from residents.assessments.tasks import draw_rechecks as job
from sojourn.core.clock import frozen, today
from sojourn.core.models import AuditEntry
from sojourn.desk.models import WorkItem
from tests.factories.assessments import BodyFactory, final, pair_of
from tests.factories.provinces import RuleFactory
from tests.residents.actors import staff
from tests.residents.assessments.answers import BEST
from tests.residents.assessments.services.test_reviewing import looked_at_again, objected

pytestmark = pytest.mark.django_db


def drawn_from(count: int) -> tuple[AssessmentBody, list[Assessment]]:
    """A body with so many results of March 2026."""
    body = BodyFactory()
    pair = pair_of(body)
    with frozen(date(2026, 3, 10)):
        return body, [final(pair=pair) for _ in range(count)]


def draw(body: AssessmentBody, actor=None):
    return draw_rechecks(
        body_id=body.pk,
        first_day=date(2026, 3, 1),
        last_day=date(2026, 3, 31),
        actor=actor or staff("440106"),
    )


def test_the_lot_falls_on_a_share_and_anybody_can_draw_again():
    body, made = drawn_from(3)

    drawing_of_march = draw(body)

    chosen = set(Review.objects.values_list("assessment", flat=True))
    ids = [one.pk for one in made]
    assert (drawing_of_march.population, drawing_of_march.drawn, drawing_of_march.percent) == (3, 1, 5)
    assert chosen == set(drawing.drawn(ids, seed=drawing_of_march.seed, percent=5))
    assert drawing_of_march.population_digest == drawing.digest_of(reversed(ids))
    assert WorkItem.objects.get().queue == "assessment_rechecks"


def test_the_agreement_of_a_body_counts_settled_rechecks():
    body, _ = drawn_from(1)
    draw(body)
    review = Review.objects.get()
    looked_at_again(review, BEST)

    decide_review(review_id=review.pk, outcome="kept", actor=staff("44"))

    counted = AssessmentBody.objects.with_agreement().get(pk=body.pk)
    assert (counted.rechecked, counted.agreeing) == (1, 1)


def test_a_period_is_drawn_once_when_it_is_over_by_the_bureau_of_the_body():
    body, _ = drawn_from(1)

    with pytest.raises(NotYourBody):
        draw(body, staff("440105"))
    with pytest.raises(FactsInvalid):
        draw_rechecks(body_id=body.pk, first_day=today(), last_day=today(), actor=staff("440106"))
    draw(body)
    with pytest.raises(DrawnAlready):
        draw(body)

    assert Review.objects.count() == 1


def test_what_is_under_review_or_was_drawn_before_is_not_drawn():
    body, made = drawn_from(2)
    with frozen(date(2026, 3, 20)):
        objected(made[0])

    assert draw(body).population == 1
    again = draw_rechecks(
        body_id=body.pk, first_day=date(2026, 2, 1), last_day=date(2026, 3, 31), actor=staff("440106")
    )
    assert (again.population, again.drawn) == (0, 0)


def test_a_draw_takes_the_share_rounded_up_and_every_one_has_its_chance():
    ids = [f"{n}" for n in range(40)]

    assert [len(drawing.drawn(ids[:n], seed="a", percent=5)) for n in (0, 1, 20, 21, 40)] == [0, 1, 1, 2, 2]
    firsts = {drawing.drawn(ids, seed=str(seed), percent=5)[0] for seed in range(400)}
    assert len(firsts) > 35


# --- by the job -----------------------------------------------------------------------------------
def test_when_a_period_is_over_every_body_with_results_of_it_is_drawn_once():
    (body, made), (other, _made) = drawn_from(21), drawn_from(1)
    idle = BodyFactory()
    pair = pair_of(body)
    with frozen(date(2026, 4, 1)):
        final(pair=pair)  # of the period that has only begun

        assert (job(), job()) == (2, 0)

    draws = {draw.body_id: draw for draw in RecheckDraw.objects.all()}
    assert draws.keys() == {body.pk, other.pk}
    assert idle.pk not in draws
    found = draws[body.pk]
    assert (found.first_day, found.last_day) == (date(2026, 1, 1), date(2026, 3, 31))
    assert (found.population, found.drawn) == (21, 2)
    assert found.population_digest == drawing.digest_of(one.pk for one in made)
    assert WorkItem.objects.filter(queue="assessment_rechecks").count() == 3
    assert set(
        AuditEntry.objects.filter(action__endswith="rechecks_drawn").values_list("actor_role", flat=True)
    ) == {"system"}


def test_before_a_period_is_over_nothing_is_drawn_of_it():
    drawn_from(1)

    with frozen(date(2026, 3, 31)):
        assert job() == 0


def test_days_that_an_officer_has_drawn_are_left_out_of_the_jobs_draw():
    body, _made = drawn_from(2)
    with frozen(date(2026, 2, 27)):
        earlier = final(pair=pair_of(body))
    draw(body)

    with frozen(date(2026, 4, 1)):
        assert job() == 1

    latest = RecheckDraw.objects.latest("pk")
    assert (latest.population, latest.population_digest) == (1, drawing.digest_of([earlier.pk]))


def test_who_drew_the_whole_period_leaves_nothing_to_the_job():
    body, _made = drawn_from(1)
    draw(body)

    with frozen(date(2026, 4, 1)):
        assert job() == 0


def test_the_length_of_a_period_is_the_members_own():
    RuleFactory(key="assessment_recheck_months", member_id="440000", value=1)
    drawn_from(1)

    with frozen(date(2026, 4, 1)):
        assert job() == 1

    assert RecheckDraw.objects.get().first_day == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("day", "months", "period"),
    [
        (date(2026, 4, 1), 3, (date(2026, 1, 1), date(2026, 3, 31))),
        (date(2026, 3, 31), 3, (date(2025, 10, 1), date(2025, 12, 31))),
        (date(2026, 1, 1), 12, (date(2025, 1, 1), date(2025, 12, 31))),
        (date(2024, 3, 5), 1, (date(2024, 2, 1), date(2024, 2, 29))),
        (date(2026, 12, 31), 6, (date(2026, 1, 1), date(2026, 6, 30))),
    ],
)
def test_a_period_is_counted_from_january_and_is_over_before_the_day(day, months, period):
    assert whole_period_before(day, months) == period
