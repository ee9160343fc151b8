"""If-Match: a write is refused where the row is not any more what the caller saw."""

from rest_framework.request import Request

from sojourn.core.refusals import LostUpdate
from sojourn.web.renderers import JSONRenderer
from sojourn.web.scoped import etag_of


def refuse_lost_update(request: Request, shown: dict) -> None:
    """LostUpdate unless an If-Match, if there is one, names what this caller would be shown of the row now."""
    wanted = {tag.strip() for tag in request.headers.get("If-Match", "*").split(",")}
    if "*" not in wanted and etag_of(JSONRenderer().render(shown)) not in wanted:
        raise LostUpdate
