"""The API asked by its own schema: cases that fit it and cases that do not, as any role."""

from contextlib import suppress
from functools import cache

import schemathesis
from django.test import Client
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode, openapi
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from sojourn.wsgi import application

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    negative_data_rejection,
]


# Who asks, the caller of fuzz() says: a session that a case left out would be sent all the same.
OURS = schemathesis.Config.from_dict({"generation": {"with-security-parameters": False}})


@cache
def schema() -> schemathesis.BaseSchema:
    """What the API says of itself, read once: it says the same to whoever asks, and its cases are costly to prepare."""
    return openapi.from_wsgi("/api/v1/schema/?format=json", application, config=OURS)


def fuzz(*, examples: int, seed: int, client: Client) -> int:
    """Ask every operation ``examples`` times; as this client; returns the number of cases, raises at the first breach."""
    asked = 0
    cookies = {key: morsel.value for key, morsel in client.cookies.items()}
    token = client.defaults.get("HTTP_AUTHORIZATION")
    headers = {"Authorization": token} if token else {}
    for result in schema().get_all_operations():
        operation = result.ok()

        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            derandomize=False,
            verbosity=Verbosity.quiet,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
        def ask_well(case):
            nonlocal asked
            asked += 1
            case.call_and_validate(checks=CHECKS, cookies=cookies, headers=headers)

        @settings(ask_well._hypothesis_internal_use_settings)
        @given(case=operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
        def ask_badly(case):
            nonlocal asked
            asked += 1
            case.call_and_validate(checks=CHECKS, cookies=cookies, headers=headers)

        for ask in (ask_well, ask_badly):
            ask._hypothesis_internal_use_seed = seed
            with suppress(Unsatisfiable):  # nothing that an operation takes can be wrong: it takes nothing
                ask()
    return asked
