"""Charts: bars on one scale, within the frame, and the numbers behind them."""

import pytest

from providers.search.charts import FOOT, HEAD, HEIGHT, WIDTH, comfortable_months, drawn, monthly_fees
from tests.factories.facilities import FacilityFactory
from tests.providers.search.reader import read


def test_bars_share_one_scale_and_stay_in_the_frame():
    chart = drawn([("1", "one", 10), ("2", "two", 5), ("3", "none", 0)])

    assert [bar.height for bar in chart.bars] == [HEIGHT - HEAD - FOOT, (HEIGHT - HEAD - FOOT) / 2, 0]
    assert all(bar.x >= 0 and bar.x + bar.width <= WIDTH for bar in chart.bars)
    assert all(bar.y + bar.height == HEIGHT - FOOT for bar in chart.bars)


def test_nothing_at_all_is_drawn_flat():
    assert drawn([]).bars == ()
    assert [bar.height for bar in drawn([("1", "one", 0)]).bars] == [0]


@pytest.mark.django_db
def test_july_has_the_comfortable_cities_that_the_rule_gives():
    chart = comfortable_months()

    assert chart.bars[6].count == 64
    assert chart.bars[0].count == 0


@pytest.mark.django_db
def test_monthly_sums_are_counted_in_steps_and_silent_ones_apart():
    for bed in (100_000, 110_000, 500_000):
        FacilityFactory(open=True, reported=True, division_id="520102", bed_fee_fen=bed)

    fees = monthly_fees()

    assert {bar.name: bar.count for bar in fees.chart.bars if bar.count} == {
        "¥3,000–¥4,000": 2,
        "¥7,000–¥8,000": 1,
    }
    assert fees.unreported == 11  # the real bases


@pytest.mark.django_db
def test_every_chart_is_told_in_words_too():
    FacilityFactory(open=True, reported=True, division_id="520102")

    page = read("/statistics/")

    assert page.count('<svg class="chart"') == 2
    assert page.count('role="img" aria-label="按') == 2
    fullest = comfortable_months().tallest
    assert f"{fullest.name}最多，{fullest.count} 座城市舒适" in page
