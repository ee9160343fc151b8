"""What a database constraint refuses, said as a refusal."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import IntegrityError, transaction

from sojourn.core.refusals import Refusal


@contextmanager
def refusing(constraint: str, refusal: Refusal | type[Refusal]) -> Iterator[None]:
    """The constraint decides, also between two who write at once; its "no" becomes the refusal.

    Any other broken promise passes through: that is a bug and stays loud.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        broken = error.__cause__
        if not isinstance(broken, psycopg.Error) or broken.diag.constraint_name != constraint:
            raise
        raise refusal from None
