"""What this room refuses."""

from django.utils.translation import gettext_lazy as _

from sojourn.core.refusals import Invalid, NotVisible


class NoSuchScale(NotVisible):
    title = _("没有找到这个评估量表")


class AnswersInvalid(Invalid):
    """An assessment cannot be scored; ``errors`` lists every item and circumstance that is wrong."""

    code = "answers_invalid"
    title = _("评估内容不完整或有误，请逐项核对")


def field_error(field: str, code: str, detail) -> dict:
    """What is wrong with one item or circumstance; never what was answered."""
    return {"field": field, "code": code, "detail": str(detail)}
