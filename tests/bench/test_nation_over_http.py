"""List and search over HTTP in the nation world, beside a bare view and beside plain LIKE."""

from random import Random
from urllib.parse import urlencode

import pytest

from providers.facilities.models import Facility
from sojourn.local.sample.sizes import NATION
from tests.bench import serving, worlds
from tests.bench.clients import CLIENTS, Burst, burst
from tests.bench.measure import FIGURES, machine, p95, table, write_section
from tests.bench.statements import cost_of
from tests.conftest import owner_url, point_to

ROUNDS, SECONDS = 12, 1.5
RIVAL = "bare DRF view, 20 rows, no middleware"
LIST, SEARCH = "API list, 20 bases", "API search: words, month, ability, budget"
FACILITIES, LIKE = "API list, 20 facilities", "the same search by plain LIKE, bare"
GOALS = {LIST: "0.55", SEARCH: "0.4"}
SEED, QUESTIONS = 20_211_115, 96


@pytest.fixture(scope="module")
def nation(django_db_blocker, django_test_environment):
    """The name of the database with the nation world, with Django's connection leading there."""
    url = owner_url()
    with django_db_blocker.unblock():
        name = worlds.standing(NATION, url)
        point_to(name, url)
        yield name
        point_to("postgres", url)


def questions() -> list[dict]:
    """Searches drawn by seed: a brand, a city or pinyin, for a month, an ability level and a budget."""
    rng = Random(SEED)
    names = list(
        Facility.objects.filter(is_sample=True, status="open")
        .order_by("pk")
        .values_list("listed_name", "initials")
    )
    drawn = []
    for index in range(QUESTIONS):
        name, initials = rng.choice(names)
        word = (name[:2], initials[:4], name[4:6], "养老")[index % 4]
        drawn.append(
            {
                "q": word,
                "month": rng.randint(1, 12),
                "level": rng.choice(("intact", "mild", "moderate")),
                "budget": rng.choice((3000, 4000, 5000, 6000)),
            }
        )
    return drawn


@pytest.mark.bench
def test_list_and_search_over_http(nation):
    asked = [urlencode(question) for question in questions()]
    ours, rivals = serving.free_port(), serving.free_port()
    searches = [f"/api/v1/bases/?{words}" for words in asked]
    cases = {
        RIVAL: (rivals, ["/rows/"]),
        LIST: (ours, ["/api/v1/bases/"]),
        FACILITIES: (ours, ["/api/v1/facilities/"]),
        SEARCH: (ours, searches),
        LIKE: (rivals, [f"/like/?{words}" for words in asked]),
    }
    costs = {
        name: [cost_of(address) for address in addresses[:8]]
        for name, (port, addresses) in cases.items()
        if port == ours
    }
    FIGURES.mkdir(parents=True, exist_ok=True)
    ports = {serving.OURS: ours, serving.RIVALS: rivals}

    with serving.servers(nation, owner_url(), ports, FIGURES):
        seen = {name: [burst(*case, seconds=SECONDS)] for name, case in cases.items()}  # warm-up
        seen = {name: [] for name in cases}
        for _ in range(ROUNDS):
            for name, (port, addresses) in cases.items():
                seen[name].append(burst(port, addresses, seconds=SECONDS))

    tell(seen, costs)
    assert all(cost.statements <= 5 for found in costs.values() for cost in found)


def tell(seen: dict[str, list[Burst]], costs: dict) -> None:
    """Write the section: ratios of requests a second to the bare view's in the same round."""
    rows, figures = [], {}
    for name, bursts in seen.items():
        ratios = sorted(own.rate / bare.rate for own, bare in zip(bursts, seen[RIVAL], strict=True))
        answers = [seconds * 1000 for one in bursts for seconds in one.answers]
        client = sum(one.own_seconds for one in bursts) / sum(one.seconds for one in bursts)
        found = costs.get(name, [])
        figures[name] = {
            "requests_a_second": sum(len(one.answers) for one in bursts) / sum(one.seconds for one in bursts),
            "ratio": ratios[len(ratios) // 2],
            "p95_ms": p95(answers),
            "client_share_of_a_core": client,
            "statements": max((cost.statements for cost in found), default=None),
            "postgresql_ms": sum(cost.milliseconds for cost in found) / len(found) if found else None,
        }
        told = figures[name]
        rows.append(
            (
                name,
                f"{told['requests_a_second']:.0f}",
                "rival" if name == RIVAL else f"{told['ratio']:.2f}",
                GOALS.get(name, ""),
                f"{told['p95_ms']:.0f}",
                "" if not found else str(told["statements"]),
                "" if not found else f"{told['postgresql_ms']:.1f}",
                f"{client:.0%}",
            )
        )
    heads = (
        "case",
        "requests/s",
        "ratio",
        "goal",
        "p95 ms",
        "statements",
        "PostgreSQL's own ms",
        "client, of a core",
    )
    lines = [
        f"Sample world `nation` (40,000 facilities); gunicorn with 2 workers of 4 threads, {CLIENTS} clients;",
        f"{ROUNDS} rounds of {SECONDS} s a case by turns; client, web and PostgreSQL share the machine.",
        f"The ratio is the median over the rounds of requests a second to the rival's. {machine()}",
        "",
        *table(heads, rows),
    ]
    write_section("Nation over HTTP", lines, figures)
