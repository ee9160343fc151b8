"""Lists of people: what is typed into the search stands in no address, so in no log, history or bookmark."""

from django.contrib.admin.views.main import SEARCH_VAR
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from sojourn.web.admin import ScopedAdmin, ScopedChangeList

FOUND_AT_MOST = 200
LONGEST_SEARCH = 200


class DiscreetChangeList(ScopedChangeList):
    """A list whose search words come in the body of the request.

    What was found is one page: a link to the next, or to another order, would have to carry the words.
    """

    def get_queryset(self, request: HttpRequest, exclude_parameters=None) -> QuerySet:
        self.query = request.POST.get(SEARCH_VAR, "")[:LONGEST_SEARCH].strip()
        if self.query:
            self.list_per_page, self.page_num, self.sortable_by = FOUND_AT_MOST, 1, ()
        return super().get_queryset(request, exclude_parameters)

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if self.query:
            self.has_more = self.multi_page
            self.multi_page = self.has_filters = False


class DiscreetAdmin(ScopedAdmin):
    """A scoped admin that is searched by POST; an address that names somebody is left at once."""

    searches_by_post = True

    def get_changelist(self, request: HttpRequest, **kwargs) -> type[ScopedChangeList]:
        return DiscreetChangeList

    @method_decorator(sensitive_post_parameters())
    def changelist_view(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        if SEARCH_VAR in request.GET:
            words = request.GET.copy()
            del words[SEARCH_VAR]
            return HttpResponseRedirect(f"{request.path}?{words.urlencode()}" if words else request.path)
        extra = {"searches_by_post": True, "found_at_most": FOUND_AT_MOST}
        return super().changelist_view(request, extra | (extra_context or {}))
