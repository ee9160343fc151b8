"""The pages of sign-in: allauth's steps with our forms, our limits and our trail."""

import unicodedata
from collections.abc import Callable
from functools import wraps

from allauth.account import views as account
from allauth.account.adapter import get_adapter
from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.account.utils import get_login_redirect_url, get_next_redirect_url
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base import forms as second_factor_forms
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.recovery_codes.forms import GenerateRecoveryCodesForm
from allauth.mfa.totp import views as totp_views
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import clear_totp_secret
from allauth.mfa.utils import is_mfa_enabled
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from sojourn.accounts import services, totp
from sojourn.accounts.actors import actor_for
from sojourn.accounts.errors import SignInLocked
from sojourn.accounts.models import User
from sojourn.core.clock import now
from sojourn.core.refusals import Refusal
from sojourn.web.access import actor_of

LONGEST_PASSPHRASE = 200
Label = str | Promise


def step_of_sign_in(view: Callable) -> Callable:
    """A page that no cache keeps, and that tells a locked-out person how long to wait."""

    @never_cache
    @wraps(view)
    def step(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except SignInLocked as locked:
            return locked_out(request, locked)

    return step


def proven(view: Callable) -> Callable:
    """A page for those who proved within minutes who they are, by the second factor where one is set."""

    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if get_adapter(request).is_reauthentication_required(app="sojourn.accounts"):
            raise ReauthenticationRequired
        return view(request, *args, **kwargs)

    return guarded


def locked_out(request: HttpRequest, locked: SignInLocked) -> HttpResponse:
    answer = TemplateResponse(request, "account/locked.html", {"refusal": locked}, status=locked.status)
    answer["Retry-After"] = str(int(locked.wait.total_seconds()) + 1)
    return answer.render()


def _describe(field: forms.Field, label: Label, *, help_text: Label = "", **attributes: str) -> None:
    field.label, field.help_text = label, help_text  # type: ignore[assignment]
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update({"class": "input", **attributes})


class SignInForm(LoginForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        _describe(self.fields["login"], _("登录名"), autocapitalize="none", spellcheck="false")
        _describe(self.fields["password"], _("密码"))
        self.fields["password"].max_length = LONGEST_PASSPHRASE


class CodeFields(forms.Form):
    """A code of the authenticator app or a recovery code, as an input method may write it."""

    user: User

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        _describe(
            self.fields["code"],
            _("验证码"),
            inputmode="numeric",
            maxlength="20",
            autocomplete="one-time-code",
        )

    def typed_code(self) -> str:
        """The digits that were meant: full-width ones as plain ones, spaces left out."""
        return "".join(unicodedata.normalize("NFKC", self.cleaned_data["code"]).split())[:20]

    def clean_code(self) -> str:
        check = services.check_code(user_id=self.user.pk, code=self.typed_code())
        if check.factor is None:
            raise get_mfa_adapter().validation_error("used_code" if check.is_used else "incorrect_code")
        check.factor.user = self.user
        self.authenticator = check.factor
        return self.cleaned_data["code"]


class CodeForm(CodeFields, second_factor_forms.AuthenticateForm):
    """The second step of sign-in."""


class ConfirmByCodeForm(CodeFields, second_factor_forms.ReauthenticateForm):
    """Proving anew, in a session that is signed in, who one is."""


class ConfirmByPassphraseForm(ReauthenticateForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        _describe(self.fields["password"], _("密码"))


class SetUpForm(CodeFields, ActivateTOTPForm):
    """The first code of a new app; the secret it must have been made from waits in the session."""

    def clean_code(self) -> str:
        step = totp.step_of(self.secret, self.typed_code(), at=now())
        if step is None:
            raise get_mfa_adapter().validation_error("incorrect_code")
        self.code_step = step
        return self.cleaned_data["code"]


class ChangePassphraseForm(ChangePasswordForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        _describe(self.fields["oldpassword"], _("现在的密码"))
        _describe(
            self.fields["password1"],
            _("新密码"),
            help_text=_("至少 12 个字符，不要与登录名相近；几个词连成一句最好记。"),
        )
        _describe(self.fields["password2"], _("再输一次新密码"))

    def clean_oldpassword(self) -> str:
        if not get_adapter().reauthenticate(self.user, self.cleaned_data["oldpassword"]):
            raise get_adapter().validation_error("enter_current_password")
        return self.cleaned_data["oldpassword"]

    def clean(self) -> dict:
        cleaned = forms.Form.clean(self) or self.cleaned_data
        new, again = cleaned.get("password1"), cleaned.get("password2")
        if new and again and new != again:
            self.add_error("password2", _("两次输入的新密码不一样。"))
        if new and new == cleaned.get("oldpassword"):
            self.add_error("password1", _("新密码要与现在的不同。"))
        return cleaned


class SetUpView(totp_views.ActivateTOTPView):
    """Setting up the app; the code that proves it also proves the person, who goes on without signing in again."""

    form_class = SetUpForm

    def form_valid(self, form: SetUpForm) -> HttpResponse:
        user = self.request.user
        try:
            factor = services.set_second_factor(
                user_id=user.pk,
                secret=form.secret,
                code_step=form.code_step,
                actor=actor_for(user, second_factor=True),  # the code proves it
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        clear_totp_secret(self.request)
        self.request.session.cycle_key()
        post_authentication(self.request, factor, reauthenticated=True)
        return super(totp_views.ActivateTOTPView, self).form_valid(form)

    def get_success_url(self) -> str:
        after = get_next_redirect_url(self.request)
        return resolve_url("mfa_view_recovery_codes") + (f"?{urlencode({'next': after})}" if after else "")

    def get_context_data(self, **kwargs) -> dict:
        context = super().get_context_data(**kwargs)
        secret = context["form"].secret
        groups = [secret[start : start + 4] for start in range(0, len(secret), 4)]
        after = get_next_redirect_url(self.request) or ""
        return context | {"secret_groups": groups, "next": after, "next_query": urlencode({"next": after})}


class RemoveView(totp_views.DeactivateTOTPView):
    def form_valid(self, form) -> HttpResponse:
        services.remove_second_factor(user_id=self.request.user.pk, actor=actor_of(self.request))
        messages.success(self.request, _("两步验证已移除。要进入工作台，请重新设置。"))
        return super(totp_views.DeactivateTOTPView, self).form_valid(form)


class RecoveryCodesView(recovery_codes.ViewRecoveryCodesView):
    def get_context_data(self, **kwargs) -> dict:
        context = super().get_context_data(**kwargs)
        codes = [f"{code[:4]} {code[4:]}" for code in context["unused_codes"]]
        return context | {"codes": codes, "onwards": get_login_redirect_url(self.request)}


class RenewForm(GenerateRecoveryCodesForm):
    def clean(self) -> dict:
        """Codes stand in for an app or a passkey: who has neither needs none."""
        if not is_mfa_enabled(self.user, [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]):
            raise get_mfa_adapter().validation_error("cannot_generate_recovery_codes")
        return forms.Form.clean(self) or {}


sign_in = step_of_sign_in(account.LoginView.as_view(form_class=SignInForm))
sign_out = step_of_sign_in(account.logout)
change_passphrase = step_of_sign_in(
    proven(account.PasswordChangeView.as_view(form_class=ChangePassphraseForm))
)
confirm = step_of_sign_in(account.ReauthenticateView.as_view(form_class=ConfirmByPassphraseForm))

set_up_second_factor = step_of_sign_in(proven(SetUpView.as_view()))
remove_second_factor = step_of_sign_in(proven(RemoveView.as_view()))

show_recovery_codes = step_of_sign_in(proven(RecoveryCodesView.as_view()))
renew_recovery_codes = step_of_sign_in(
    proven(recovery_codes.GenerateRecoveryCodesView.as_view(form_class=RenewForm))
)
