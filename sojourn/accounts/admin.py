"""Accounts, posts and API accounts in the admin."""

from collections.abc import Callable
from datetime import date

from allauth.account.adapter import get_adapter
from allauth.core.exceptions import ReauthenticationRequired
from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from sojourn.accounts import holders, policy, services
from sojourn.accounts.models import ApiClient, ApiKey, Membership, User
from sojourn.accounts.services import Post
from sojourn.core import scopes
from sojourn.core.actors import Actor, Role
from sojourn.core.clock import today
from sojourn.web.admin import ScopedAdmin
from sojourn.web.past import name_actions, tell_codes
from sojourn.web.verbs import Verb

STAFF_POSTS = [(role.value, role.label) for role in (Role.OFFICER, Role.AUDITOR, Role.ADMIN)]
OVERSEERS = frozenset({Role.ADMIN, Role.AUDITOR})

name_actions(
    {
        "keyrotation.ended": _("完成密钥更换"),
        "keyrotation.retired": _("停用旧密钥"),
        "user.created": _("开设账号"),
        "user.signed_in": _("登录"),
        "user.sessions_ended": _("退出其他登录"),
        "user.closed": _("停用账号"),
        "user.reopened": _("恢复账号"),
        "user.passphrase_changed": _("修改密码"),
        "user.second_factor_set": _("设置两步验证"),
        "user.second_factor_removed": _("移除两步验证"),
        "user.passkey_added": _("添加通行密钥"),
        "user.passkey_removed": _("移除通行密钥"),
        "user.passkey_suspected": _("通行密钥疑似被复制，未放行"),
        "membership.granted": _("授予任职"),
        "membership.ended": _("终止任职"),
        "client.opened": _("开设接口账号"),
        "client.scopes_changed": _("调整权限范围"),
        "client.closed": _("停用接口账号"),
        "key.issued": _("签发密钥"),
        "key.revoked": _("吊销密钥"),
    },
    {
        "division": _("辖区代码"),
        "holder": _("所属对象类型"),
        "role": _("角色"),
        "sessions": _("登录数"),
        "client": _("接口账号"),
        "scopes": _("权限范围"),
        "until": _("失效日期"),
        "locked": _("换用新密钥的数据"),
        "key": _("密钥"),
        "newest": _("最新密钥"),
        "passkey": _("通行密钥"),
    },
)
for _model in ("membership", "apiclient"):
    for _name in ("holder", "holder_kind"):
        tell_codes(f"accounts.{_model}", _name, lambda _beside, code: holders.label_of(code))


class PostForm(forms.Form):
    role = forms.ChoiceField(label=_("角色"), choices=STAFF_POSTS)
    division_code = forms.RegexField(
        r"^(\d{6})?$",
        label=_("辖区代码"),
        required=False,
        help_text=_("六位行政区划代码，如 440106；管理员和审计人员留空为整个节点。"),
        error_messages={"invalid": _("请填六位数字的行政区划代码。")},
    )

    @staticmethod
    def arguments(cleaned: dict) -> dict:
        return {"post": Post(Role(cleaned["role"]), cleaned["division_code"])}


class PassphraseForm(forms.Form):
    passphrase = forms.CharField(
        label=_("初始密码"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
        max_length=200,
        help_text=_("至少 12 个字符，不要与登录名相近；请当面告诉本人，并请他登录后修改。"),
    )


class AccountForm(PassphraseForm, PostForm):
    username = forms.CharField(label=_("登录名"), max_length=60)
    name = forms.CharField(label=_("姓名"), max_length=80)
    field_order = ["username", "name", "role", "division_code", "passphrase"]

    @staticmethod
    def arguments(cleaned: dict) -> dict:
        account = {key: cleaned[key] for key in ("username", "name", "passphrase")}
        return account | PostForm.arguments(cleaned)


def _is_administrator(actor: Actor, _row) -> bool:
    return actor.role == Role.ADMIN


def _may_end(actor: Actor, row: Membership) -> bool:
    return policy.can_grant(actor, row.division_code) and row.valid_to is None


def _may_close(actor: Actor, row: User) -> bool:
    return row.is_active and services.may_look_after(actor, row)


def _may_reopen(actor: Actor, row: User) -> bool:
    return not row.is_active and services.may_look_after(actor, row)


@admin.register(User)
class UserAdmin(ScopedAdmin):
    list_display = ["username", "name", "is_active", "is_sample", "last_login"]
    list_filter = ["is_active", "is_sample"]
    search_fields = ["username", "name"]
    search_help_text = _("登录名或姓名")
    fields = ["username", "name", "is_active", "is_sample", "created_at", "last_login"]
    ordering = ["username"]
    open_to = OVERSEERS
    verbs = (
        Verb(
            name="open",
            label=_("开设账号"),
            service=services.open_account,
            allowed=_is_administrator,
            form=AccountForm,
            arguments=AccountForm.arguments,
            done=_("账号已开设；首次登录时设置两步验证。"),
        ),
        Verb(
            name="grant",
            label=_("授予任职"),
            service=services.grant_post,
            allowed=_is_administrator,
            form=PostForm,
            id_argument="user_id",
            arguments=PostForm.arguments,
            done=_("任职已授予。"),
        ),
        Verb(
            name="reset-passphrase",
            label=_("重设密码"),
            service=services.change_passphrase,
            allowed=services.may_look_after,
            form=PassphraseForm,
            id_argument="user_id",
            done=_("密码已重设，该账号在各处的登录都已退出。"),
        ),
        Verb(
            name="remove-second-factor",
            label=_("移除两步验证"),
            service=services.remove_second_factor,
            ends=True,
            allowed=services.may_look_after,
            id_argument="user_id",
            help_text=_("用于手机遗失：移除后，本人凭密码登录并重新设置。请先核实本人身份。"),
            done=_("两步验证已移除，下次登录时重新设置。"),
        ),
        Verb(
            name="close",
            label=_("停用账号"),
            service=services.close_account,
            ends=True,
            allowed=_may_close,
            id_argument="user_id",
            done=_("账号已停用，已有的登录都已失效。"),
        ),
        Verb(
            name="reopen",
            label=_("恢复账号"),
            service=services.reopen_account,
            allowed=_may_reopen,
            id_argument="user_id",
            done=_("账号已恢复。"),
        ),
    )


@admin.register(Membership)
class MembershipAdmin(ScopedAdmin):
    list_display = ["user", "role", "division_code", "valid_from", "valid_to"]
    list_filter = ["role"]
    list_select_related = ["user"]
    search_fields = ["user__username", "user__name", "=division_code"]
    search_help_text = _("登录名、姓名或六位辖区代码")
    ordering = ["-id"]
    open_to = OVERSEERS
    verbs = (
        Verb(
            name="end",
            label=_("终止任职"),
            service=services.end_post,
            ends=True,
            allowed=_may_end,
            id_argument="membership_id",
            done=_("任职已终止。"),
        ),
    )


# --- programs -------------------------------------------------------------------------------------
class ScopesForm(forms.Form):
    scopes = forms.MultipleChoiceField(
        label=_("权限范围"),
        choices=lambda: scopes.registered().items(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("只勾选该程序需要的。"),
    )


class ClientForm(ScopesForm):
    name = forms.CharField(label=_("程序名称"), max_length=80, help_text=_("如“护理管理系统”，不要写人名。"))
    holder_kind = forms.ChoiceField(
        label=_("所属对象类型"),
        choices=lambda: [(kind.code, kind.label) for kind in holders.registered()],
    )
    number = forms.CharField(label=_("所属对象编号"), max_length=40, help_text=_("如 FC44-000123-K。"))
    field_order = ["name", "holder_kind", "number", "scopes"]


def _may_look_after_client(actor: Actor, row: ApiClient) -> bool:
    return row.closed_at is None and services.may_look_after_client(actor, row)


def _may_revoke(actor: Actor, row: ApiKey) -> bool:
    return row.revoked_at is None and services.may_look_after_client(actor, row.client)


@admin.register(ApiClient)
class ApiClientAdmin(ScopedAdmin):
    list_display = ["name", "holder_number", "division_code", "allowed", "live_keys", "closed_at"]
    search_fields = ["name", "=holder_number", "=division_code"]
    search_help_text = _("程序名称、所属对象编号或六位辖区代码")
    fields = [
        "client_id",
        "name",
        "kind_of_holder",
        "holder_number",
        "division_code",
        "allowed",
        "live_keys",
        "created_at",
        "closed_at",
    ]
    readonly_fields = ["client_id", "kind_of_holder", "allowed", "live_keys"]
    ordering = ["name", "id"]
    open_to = OVERSEERS
    verbs = (
        Verb(
            name="open",
            label=_("开设接口账号"),
            service=services.open_client,
            allowed=_is_administrator,
            form=ClientForm,
            done=_("接口账号已开设；请签发密钥。"),
        ),
        Verb(
            name="issue-key",
            label=_("签发密钥"),
            service=services.issue_key,
            allowed=_may_look_after_client,
            id_argument="client_id",
            help_text=_("最多两把同时有效：先发新的，对方换用后再吊销旧的。密钥只显示一次。"),
            done="",
            shown_once="accounts/admin_key.html",
        ),
        Verb(
            name="change-scopes",
            label=_("调整权限范围"),
            service=services.change_scopes,
            allowed=_may_look_after_client,
            form=ScopesForm,
            id_argument="client_id",
            initial=lambda row: {"scopes": row.scopes},
            done=_("权限范围已调整，立即生效。"),
        ),
        Verb(
            name="close",
            label=_("停用接口账号"),
            service=services.close_client,
            ends=True,
            allowed=_may_look_after_client,
            id_argument="client_id",
            help_text=_("所有密钥和令牌立即失效，不能恢复；再需要时另开一个。"),
            done=_("接口账号已停用，密钥和令牌都已失效。"),
        ),
    )

    def get_queryset(self, request: HttpRequest):
        return super().get_queryset(request).prefetch_related("keys")

    @admin.display(description=_("接口账号标识（client_id）"))
    def client_id(self, client: ApiClient) -> str:
        return str(client.pk)

    @admin.display(description=_("所属对象类型"))
    def kind_of_holder(self, client: ApiClient) -> str:
        return str(holders.label_of(client.holder_kind))

    @admin.display(description=_("权限范围"))
    def allowed(self, client: ApiClient) -> str:
        return "、".join(str(scopes.label_of(code)) for code in client.scopes)

    @admin.display(description=_("有效密钥"))
    def live_keys(self, client: ApiClient) -> int:
        return sum(_is_live(key, today()) for key in client.keys.all())

    def _view_of(self, verb: Verb) -> Callable:
        """A key is given only by who proved within minutes who she is."""
        view = super()._view_of(verb)
        return _proven(view) if verb.shown_once else view


@admin.register(ApiKey)
class ApiKeyAdmin(ScopedAdmin):
    list_display = ["client", "place", "created_at", "expires_on", "last_used_on", "revoked_at"]
    list_select_related = ["client"]
    search_fields = ["client__name", "=client__holder_number"]
    search_help_text = _("程序名称或所属对象编号")
    fields = ["client", "place", "created_at", "expires_on", "last_used_on", "revoked_at"]
    ordering = ["-id"]
    open_to = OVERSEERS
    verbs = (
        Verb(
            name="revoke",
            label=_("吊销密钥"),
            service=services.revoke_key,
            ends=True,
            allowed=_may_revoke,
            id_argument="key_id",
            help_text=_("这把密钥和用它取得的令牌立即失效。"),
            done=_("密钥已吊销，立即失效。"),
        ),
    )


def _is_live(key: ApiKey, day: date) -> bool:
    return key.revoked_at is None and key.expires_on > day


def _proven(view: Callable) -> Callable:
    def guarded(request: HttpRequest, object_id: str) -> HttpResponse:
        if get_adapter(request).is_reauthentication_required(app="sojourn.accounts"):
            raise ReauthenticationRequired
        return view(request, object_id)

    guarded.__name__ = view.__name__
    return guarded
