"""What every public page is: anyone may read it, nobody may send to it, and it is fresh for a moment."""

from collections.abc import Callable

from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from sojourn.web.access import Access, declared

FRESH_SECONDS = 10
# A browser that shows a page again within seconds need not ask again; nobody else may keep it, since what is
# shown depends on the language chosen.
fresh = cache_control(private=True, max_age=FRESH_SECONDS)


def page(view: Callable) -> Callable:
    """A public page: anyone may read it, nobody may send to it."""
    return declared(Access.PUBLIC)(require_safe(fresh(view)))
