"""What allauth asks of us: no self sign-up, our words, tries that are counted, secrets encrypted at rest."""

import time

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from sojourn.accounts import lockout, services
from sojourn.accounts.actors import actor_for
from sojourn.accounts.secrets import fernet_key
from sojourn.web.addresses import client_address
from sojourn.web.proofs import proofs_of_second_factor
from sojourn.web.sessions import begin

CODE_PAGE = "mfa_reauthenticate"


class AccountAdapter(DefaultAccountAdapter):
    """Staff accounts are opened by an administrator, never by the visitor."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("登录名或密码不正确，请核对后重试。"),
        "incorrect_password": _("密码不正确，请核对后重试。"),
        "enter_current_password": _("现在的密码不正确，请核对后重试。"),
    }

    def is_open_for_signup(self, _request) -> bool:
        return False

    def is_ajax(self, _request) -> bool:
        """Sign-in is a page; no program asks for it in another form."""
        return False

    def is_safe_url(self, url: str) -> bool:
        """Only an address of this site, without a host: everything else leads nowhere."""
        return bool(url) and url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_password_change_redirect_url(self, _request) -> str:
        return settings.LOGIN_REDIRECT_URL

    def authenticate(self, request: HttpRequest, **credentials):
        """The account that a login name and passphrase open; every try counts until it succeeds."""
        locks = lockout.of_sign_in(credentials.get("username", ""), client_address(request))
        services.take_try(locks=locks)
        user = super().authenticate(request, **credentials)
        if user is not None:
            services.forgive_try(locks=locks)
        return user

    def login(self, request: HttpRequest, user) -> None:
        super().login(request, user)
        begin(request)
        request.session.save()  # it counts among hers before any of them is ended
        services.note_sign_in(user_id=user.pk)
        services.end_oldest(user_id=user.pk)

    def set_password(self, user, password: str) -> None:
        actor = actor_for(user, second_factor=True)
        changed = services.change_passphrase(user_id=user.pk, passphrase=password, actor=actor)
        user.password = changed.password  # allauth keeps this session by it

    def is_reauthentication_required(self, *, app: str, **_kwargs) -> bool:
        """Whether the person has to prove anew who she is: not within minutes of having done so.

        Where a second factor is set, only that one proves it: a passphrase alone could be stolen.
        """
        user = context.request.user
        if is_mfa_enabled(user):
            proofs = proofs_of_second_factor(context.request)
        else:
            proofs = [step["at"] for step in get_authentication_records(context.request, user)]
        return not proofs or time.time() - proofs[-1] > app_settings.REAUTHENTICATION_TIMEOUT

    def get_reauthentication_methods(self, user) -> list[dict]:
        """A second factor, where one is set, by the page that asks for codes and passkeys alike; else the passphrase."""
        methods = super().get_reauthentication_methods(user)
        if not any(method["id"].startswith(CODE_PAGE) for method in methods):
            return methods
        code_page = {"id": CODE_PAGE, "description": _("两步验证"), "url": reverse(CODE_PAGE)}
        by_passkey = [method for method in methods if method["id"] == f"{CODE_PAGE}:webauthn"]
        return [code_page, *by_passkey]


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("验证码不正确，请看应用上现在显示的六位数字，再输入一次。"),
        "used_code": _("这个验证码已经用过，请等应用显示下一个再输入。"),
    }

    def is_mfa_enabled(self, user, types=None) -> bool:
        """Whether one of these kinds is set; passkeys, of which allauth knows nothing, stand in a table of ours."""
        if super().is_mfa_enabled(user, types=types):
            return True
        asked = types is None or Authenticator.Type.WEBAUTHN in types
        return asked and user.is_authenticated and services.has_passkey_as_second_factor(user.pk)

    def get_totp_label(self, user) -> str:
        return user.username

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()


def _cipher() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(fernet_key(key, purpose="second factor")) for key in keys])
