"""Accounts and posts in the admin."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from sojourn.accounts import policy, services
from sojourn.accounts.models import Membership, User
from sojourn.accounts.services import Post
from sojourn.core.actors import Actor, Role
from sojourn.web.admin import ScopedAdmin
from sojourn.web.past import name_actions
from sojourn.web.verbs import Verb

STAFF_POSTS = [(role.value, role.label) for role in (Role.OFFICER, Role.AUDITOR, Role.ADMIN)]
OVERSEERS = frozenset({Role.ADMIN, Role.AUDITOR})

name_actions(
    {
        "user.created": _("开设账号"),
        "user.signed_in": _("登录"),
        "user.closed": _("停用账号"),
        "user.reopened": _("恢复账号"),
        "user.passphrase_changed": _("修改密码"),
        "user.second_factor_set": _("设置两步验证"),
        "user.second_factor_removed": _("移除两步验证"),
        "membership.granted": _("授予任职"),
        "membership.ended": _("终止任职"),
    },
    {"division": _("辖区代码"), "holder": _("所属对象类型"), "role": _("角色")},
)


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
            allowed=services.may_look_after,
            id_argument="user_id",
            help_text=_("用于手机遗失：移除后，本人凭密码登录并重新设置。请先核实本人身份。"),
            done=_("两步验证已移除，下次登录时重新设置。"),
        ),
        Verb(
            name="close",
            label=_("停用账号"),
            service=services.close_account,
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
            allowed=_may_end,
            id_argument="membership_id",
            done=_("任职已终止。"),
        ),
    )
