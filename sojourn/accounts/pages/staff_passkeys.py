"""Passkeys of the staff: a second factor beside the app's codes, the passphrase still first."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import get_login_redirect_url, get_next_redirect_url
from allauth.account.views import BaseReauthenticateView
from allauth.mfa.base import views as second_factor
from allauth.mfa.stages import AuthenticateStage
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.template.response import TemplateResponse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from sojourn.accounts import services
from sojourn.accounts.actors import actor_for
from sojourn.accounts.errors import PasskeyNotHere, ProofTooOld
from sojourn.accounts.models import Passkey, User
from sojourn.accounts.pages import devices
from sojourn.accounts.pages.staff import CodeForm, ConfirmByCodeForm, proven, step_of_sign_in
from sojourn.core.refusals import Refusal
from sojourn.web.access import actor_of, is_family_session
from sojourn.web.envelope import problem
from sojourn.web.proofs import PASSKEY

page = require_http_methods(["GET", "HEAD", "POST"])


def factors_of(user: User) -> dict[str, bool]:
    """For a page: what may be asked for as second factor."""
    return {
        "owns_passkey": services.has_passkey_as_second_factor(user.pk),
        "owns_app": services.has_app(user.pk),
    }


def _proved(request: HttpRequest, user: User, passkey: Passkey) -> None:
    record_authentication(request, user, "mfa", id=str(passkey.pk), type=PASSKEY)


def _tried(request: HttpRequest, user: User) -> Passkey | Refusal:
    """The passkey that was proved, or why none was."""
    try:
        check = services.check_passkey(user_id=user.pk, answer=devices.answer_of(request))
    except PasskeyNotHere as refusal:
        return refusal
    return check.passkey or check.refusal or PasskeyNotHere()


# --- the second step of sign-in -------------------------------------------------------------------
class CodeView(second_factor.AuthenticateView):
    """The page of the second step: a passkey where she has one, a code of the app or a recovery code."""

    form_class = CodeForm

    def get_context_data(self, **kwargs) -> dict:
        context = super().get_context_data(**kwargs) | devices.about_site(self.request)
        way = {"passkey_way": resolve_url("staff_passkey"), "passkey_label": _("用通行密钥登录")}
        return context | factors_of(self.stage.login.user) | way


@login_stage_required(stage=AuthenticateStage.key, redirect_urlname="account_login")
@page
def prove(request: HttpRequest) -> HttpResponse:
    """Her passphrase was right, and her device proves the passkey: she is in."""
    stage = request._login_stage  # type: ignore[attr-defined]
    user = stage.login.user
    if devices.is_beginning(request):
        return devices.hand_out(request, lambda site: services.begin_proof(user_id=user.pk, site=site))
    if request.method == "POST":
        tried = _tried(request, user)
        if isinstance(tried, Passkey):
            _proved(request, user, tried)
            return stage.exit()
        messages.error(request, str(tried))
    return HttpResponseRedirect(resolve_url("mfa_authenticate"))


# --- proving anew ---------------------------------------------------------------------------------
class ConfirmView(second_factor.ReauthenticateView):
    form_class = ConfirmByCodeForm

    def get_context_data(self, **kwargs) -> dict:
        context = super().get_context_data(**kwargs) | devices.about_site(self.request)
        way = {
            "passkey_way": resolve_url("mfa_reauthenticate_webauthn"),
            "passkey_label": _("用通行密钥确认"),
            "next": get_next_redirect_url(self.request) or "",
        }
        return context | factors_of(self.request.user) | way  # type: ignore[arg-type]


class ConfirmByPasskeyView(BaseReauthenticateView):
    """Proving anew, in a session that is signed in, who one is; the page is that of the codes."""

    form_class = forms.Form

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        return self._back(request)

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        user = request.user
        assert isinstance(user, User)
        if devices.is_beginning(request):
            return devices.hand_out(request, lambda site: services.begin_proof(user_id=user.pk, site=site))
        tried = _tried(request, user)
        if isinstance(tried, Passkey):
            _proved(request, user, tried)
            return self.form_valid(forms.Form())
        messages.error(request, str(tried))
        return self._back(request)

    def _back(self, request: HttpRequest) -> HttpResponse:
        after = get_next_redirect_url(request)
        return HttpResponseRedirect(
            resolve_url("mfa_reauthenticate") + (f"?{urlencode({'next': after})}" if after else "")
        )


# --- adding and removing --------------------------------------------------------------------------
class FactorsView(second_factor.IndexView):
    """What stands behind her passphrase: the app, recovery codes, passkeys."""

    def get_context_data(self, **kwargs) -> dict:
        mine = Passkey.objects.visible_to(actor_of(self.request)).order_by("-created_at")
        context = super().get_context_data(**kwargs) | devices.about_site(self.request)
        return context | {"passkeys": mine}


def told_to_prove(view: Callable) -> Callable:
    """The page's script is told that the proof is too old; what it asked is not kept to be done later."""

    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        is_old = get_adapter(request).is_reauthentication_required(app="sojourn.accounts")
        if devices.is_beginning(request) and is_old:
            return problem(ProofTooOld())
        return view(request, *args, **kwargs)

    return guarded


@sensitive_post_parameters("answer")
@page
def add(request: HttpRequest) -> HttpResponse:
    """Her device makes a passkey, which proves itself: she goes on without signing in again."""
    if is_family_session(request):
        return HttpResponseRedirect(resolve_url("my_passkeys"))
    user, name = request.user, request.POST.get("name", "")
    assert isinstance(user, User)
    actor = actor_for(user, second_factor=True)  # the passphrase was proved anew, or a factor she had before
    if devices.is_beginning(request):
        return devices.hand_out(
            request, lambda site: services.begin_adding(name=name, site=site, actor=actor)
        )
    form = devices.NewPasskeyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        answer = devices.answer_of(request)
        check = services.add_passkey(name=form.cleaned_data["name"], answer=answer, actor=actor)
        if check.passkey is not None:
            return _onwards(request, user, check.passkey)
        form.add_error(None, str(check.refusal))
    context = {"form": form, "next": get_next_redirect_url(request) or "", **devices.about_site(request)}
    return TemplateResponse(request, "mfa/passkey_new.html", context)


def _onwards(request: HttpRequest, user: User, passkey: Passkey) -> HttpResponse:
    """To her recovery codes where this is what stands behind her passphrase now, else back to the list."""
    is_first = not actor_of(request).second_factor
    request.session.cycle_key()
    _proved(request, user, passkey)
    messages.success(request, _("通行密钥已添加。"))
    if not is_first:
        return HttpResponseRedirect(resolve_url("mfa_index"))
    after = urlencode({"next": get_login_redirect_url(request)})
    return HttpResponseRedirect(f"{resolve_url('mfa_view_recovery_codes')}?{after}")


@page
def remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    """She is asked once more, and the passkey opens nothing any more."""
    return devices.remove(request, pk, template="mfa/passkey_remove.html", back="mfa_index")


prove_code = step_of_sign_in(CodeView.as_view())
prove_passkey = step_of_sign_in(sensitive_post_parameters("answer")(prove))
confirm_code = step_of_sign_in(ConfirmView.as_view())
confirm_passkey = step_of_sign_in(sensitive_post_parameters("answer")(ConfirmByPasskeyView.as_view()))
show_second_factor = step_of_sign_in(FactorsView.as_view())
add_passkey = step_of_sign_in(told_to_prove(proven(add)))
remove_passkey = step_of_sign_in(proven(remove))
