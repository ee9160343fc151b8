"""A creating request may be sent again: with the same Idempotency-Key it is carried out once.

Key and change stand in one transaction. Where the first is still on its way, the second waits for it on the key,
and is told to come back (503) if that takes long; a refused request uses up no key.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Model
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from sojourn.core.clock import now
from sojourn.core.refusals import Invalid, Refusal
from sojourn.web.access import actor_of
from sojourn.web.models import CarriedOut
from sojourn.web.renderers import JSONRenderer

HEADER = "Idempotency-Key"
KEPT = timedelta(days=1)
IDEMPOTENCY_KEY = OpenApiParameter(HEADER, str, OpenApiParameter.HEADER, description=_("重发时不重复办理"))
NOTHING = UUID(int=0)
_KEY = re.compile(r"[\x21-\x7e]{1,80}")


class KeyInvalid(Invalid):
    code = "idempotency_key_invalid"
    title = _("Idempotency-Key 应为 1 至 80 个可见的 ASCII 字符")


class KeyReused(Refusal):
    code, status = "idempotency_key_reused", 422
    title = _("这个 Idempotency-Key 已用于内容不同的请求")


def once(request: Request, make: Callable[[], Model]) -> tuple[UUID, bool]:
    """The id of the row that came of this request, and whether it was made just now.

    Without a key, or from nobody, it is made each time.
    """
    key, account_id = request.headers.get(HEADER), actor_of(request).account_id  # type: ignore[arg-type]
    if key is None or account_id is None:
        return make().pk, True
    if not _KEY.fullmatch(key):
        raise KeyInvalid
    with transaction.atomic():
        place = {"user_id": account_id, "key": key}
        asked = _digest(request.path.encode() + b"\n" + JSONRenderer().render(request.data))
        fresh = CarriedOut(**place, asked=asked, subject_id=NOTHING)
        CarriedOut.objects.bulk_create([fresh], ignore_conflicts=True)
        row = CarriedOut.objects.locked().get(**place)
        if row.asked != asked:
            raise KeyReused
        if row.subject_id != NOTHING:
            return row.subject_id, False
        row.subject_id = make().pk
        row.save(update_fields=["subject_id"])
        return row.subject_id, True


def _digest(asked: bytes) -> str:
    """By a key that is not in the database: what was asked may be a telephone, which a bare hash would give away."""
    return salted_hmac(__name__, asked, algorithm="sha256").hexdigest()


def forget_carried_out() -> int:
    """Keys older than a day are forgotten; how many were."""
    return CarriedOut.objects.filter(at__lt=now() - KEPT).delete()[0]
