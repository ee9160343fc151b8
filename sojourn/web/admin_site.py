"""The staff door: Django's admin, for civil-affairs staff with a second factor."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from sojourn.core.refusals import NotPermitted
from sojourn.web.access import actor_of, is_staff_session
from sojourn.web.past import reach_names
from sojourn.web.verbs import VerbsAdmin
from sojourn.web.workbench import cabinets, latest_of, panels

View = TypeVar("View", bound=Callable[..., Any])
# Addresses of the framework's admin that would go past our own steps: another change of the passphrase, and a
# page that tells whether a row exists.
CLOSED_ADDRESSES = {"password_change", "password_change_done", "view_on_site"}


class StaffOnly(NotPermitted):
    code = "staff_only"
    title = _("这里只对民政工作人员开放")


class StaffSite(admin.AdminSite):
    site_title = _("旅居养老协同平台")
    site_header = _("旅居养老协同平台")
    index_title = _("工作台")
    empty_value_display = "—"
    enable_nav_sidebar = False

    def register(self, model_or_iterable, admin_class=None, **options) -> None:
        """Take in our own scoped admins only: a library's admin would be a second, unscoped way to write."""
        if admin_class is not None and issubclass(admin_class, VerbsAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        return is_staff_session(request)

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """What a browser's pages send is answered; the framework's views would take any other method for a GET."""
        return require_http_methods(["GET", "HEAD", "POST"])(super().admin_view(view, cacheable))

    def get_urls(self) -> list:
        return [url for url in super().get_urls() if getattr(url, "name", None) not in CLOSED_ADDRESSES]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list:
        """What this officer may look into, worked out where a page shows it: most pages show nothing of it."""
        listed = super().get_app_list
        return cast(list, SimpleLazyObject(lambda: listed(request, app_label)))

    def each_context(self, request: HttpRequest) -> dict:
        context = super().each_context(request)
        if not context["has_permission"]:
            return context
        return context | {
            "officer_role": actor_of(request).role.label if actor_of(request).divisions else _("工作人员"),
            "officer_reach": list(reach_names(actor_of(request).divisions).values()),
        }

    def index(self, request: HttpRequest, extra_context: dict | None = None) -> TemplateResponse:
        """The workbench: what waits for her, what she may look after with counts and search, what she did last."""
        extra = {
            "panels": panels(request),
            "cabinets": cabinets(self, request),
            "latest": latest_of(request),
        }
        return super().index(request, extra | (extra_context or {}))

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        """Send each to the step that is missing: sign-in, setting up the second factor, or proving it."""
        if not request.user.is_authenticated:
            return _onwards(request, "account_login")
        if not actor_of(request).is_staff:
            raise StaffOnly
        if not is_mfa_enabled(request.user):
            return _onwards(request, "mfa_activate_totp")
        if not actor_of(request).second_factor:
            return _onwards(request, "mfa_reauthenticate")
        return HttpResponseRedirect(resolve_url("admin:index"))

    def logout(self, request: HttpRequest, extra_context=None) -> HttpResponse:  # type: ignore[override]
        return HttpResponseRedirect(resolve_url("account_logout"))


def _onwards(request: HttpRequest, name: str) -> HttpResponse:
    after = request.GET.get("next") or resolve_url("admin:index")
    return HttpResponseRedirect(f"{resolve_url(name)}?{urlencode({'next': after})}")
