"""Who may sign in, and in what role and reach."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from sojourn.accounts.passkeys import LONGEST_NAME
from sojourn.accounts.querysets import (
    AccessTokenQuerySet,
    ApiClientQuerySet,
    ApiKeyQuerySet,
    MembershipQuerySet,
    PasskeyChallengeQuerySet,
    PasskeyQuerySet,
    SessionManager,
    SignInCodeQuerySet,
    UserManager,
)
from sojourn.accounts.states import PasskeyDeed, SessionEnd
from sojourn.core.actors import Role
from sojourn.core.history import tracked
from sojourn.core.ids import uuid7
from sojourn.core.querysets import LockingQuerySet


class User(AbstractBaseUser):
    """A person who signs in. What she may do stands in her memberships, never here."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    username = models.CharField(_("登录名"), max_length=60, unique=True)
    name = models.CharField(_("姓名"), max_length=80, blank=True)
    is_active = models.BooleanField(_("可登录"), default=True)
    is_sample = models.BooleanField(_("样例账号"), default=False)
    created_at = models.DateTimeField(_("创建时间"), auto_now_add=True)

    USERNAME_FIELD = "username"
    objects = UserManager()

    # Known of the user of a request only (sojourn.accounts.standing).
    live_memberships: list["Membership"] | None = None
    second_factor_since: datetime | None = None
    passkey_ids: list[str] | None = None

    class Meta:
        verbose_name = _("用户")
        verbose_name_plural = _("用户")

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name

    def has_perm(self, _perm, _obj=None) -> bool:
        """Django's permission tables grant nothing here: policies and memberships decide."""
        return False

    def has_module_perms(self, _label) -> bool:
        return False


GRANTABLE = (Role.FAMILY, Role.FACILITY, Role.OFFICER, Role.AUDITOR, Role.ADMIN)


@tracked
class Membership(models.Model):
    """One role of one user: in a division for staff, at a holder (a facility, a resident) for others.

    The room that grants it writes it; the holder is known here by kind and id only, so that accounts
    need not know the rooms above.
    """

    user = models.ForeignKey(
        User, verbose_name=_("用户"), on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.CharField(
        _("角色"), max_length=20, choices=[(role.value, role.label) for role in GRANTABLE]
    )
    division_code = models.CharField(_("辖区代码"), max_length=6, blank=True)
    holder_kind = models.CharField(_("所属对象类型"), max_length=40, blank=True)
    holder_id = models.UUIDField(_("所属对象"), null=True, blank=True)
    valid_from = models.DateField(_("生效日期"))
    valid_to = models.DateField(_("失效日期"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("任职")
        verbose_name_plural = _("任职")
        constraints = [
            models.CheckConstraint(
                name="membership_officer_has_division",
                condition=~Q(role=Role.OFFICER) | ~Q(division_code=""),
            ),
            models.CheckConstraint(
                name="membership_holder_whole",
                condition=Q(holder_kind="", holder_id__isnull=True)
                | (~Q(holder_kind="") & Q(holder_id__isnull=False)),
            ),
            models.CheckConstraint(
                name="membership_facility_has_holder",
                condition=~Q(role=Role.FACILITY) | Q(holder_kind="facility"),
            ),
            models.CheckConstraint(
                name="membership_ends_after_start",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=models.F("valid_from")),
            ),
            models.UniqueConstraint(
                name="membership_once",
                fields=["user", "role", "division_code", "holder_id"],
                condition=Q(valid_to__isnull=True),
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_role_display()} {self.division_code}"


MOST_LIVE_KEYS = 2


@tracked
class ApiClient(models.Model):
    """A program that acts for one holder, a facility or an assessment body, and only within its scopes.

    The holder is known by kind and id, as in a membership; its number and division are those of the day on
    which the account was opened. The id is what the program signs in with.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("程序名称"), max_length=80)
    holder_kind = models.CharField(_("所属对象类型"), max_length=40)
    holder_id = models.UUIDField(_("所属对象"))
    holder_number = models.CharField(_("所属对象编号"), max_length=32)
    division_code = models.CharField(_("辖区代码"), max_length=6)
    scopes = ArrayField(models.CharField(max_length=60), verbose_name=_("权限范围"))
    created_at = models.DateTimeField(_("创建时间"), auto_now_add=True)
    closed_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    objects = ApiClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("接口账号")
        verbose_name_plural = _("接口账号")
        constraints = [
            models.CheckConstraint(name="apiclient_has_holder", condition=~Q(holder_kind="")),
            models.CheckConstraint(name="apiclient_has_scopes", condition=Q(scopes__len__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.holder_number}"

    @property
    def is_authenticated(self) -> bool:
        """A program that proved its token has signed in, as the API frame asks of whoever it serves."""
        return True


class ApiKey(models.Model):
    """A secret of an API account, kept as its digest only; two of them may be live, so that one can replace the other."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    client = models.ForeignKey(
        ApiClient, verbose_name=_("接口账号"), on_delete=models.PROTECT, related_name="keys"
    )
    place = models.PositiveSmallIntegerField(_("序位"))
    digest = models.CharField(_("摘要"), max_length=64, unique=True)
    created_at = models.DateTimeField(_("签发时间"), auto_now_add=True)
    expires_on = models.DateField(_("失效日期"))
    last_used_on = models.DateField(_("最近使用日期"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("吊销时间"), null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("接口密钥")
        verbose_name_plural = _("接口密钥")
        constraints = [
            models.CheckConstraint(
                name="apikey_one_of_two", condition=Q(place__gte=1, place__lte=MOST_LIVE_KEYS)
            ),
            models.UniqueConstraint(
                name="apikey_two_live", fields=["client", "place"], condition=Q(revoked_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client} · {self.place}"


class AccessToken(models.Model):
    """What a key was exchanged for, for some minutes; kept as its digest, and worth nothing once the key is not."""

    digest = models.CharField(_("摘要"), max_length=64, primary_key=True)
    key = models.ForeignKey(
        ApiKey, verbose_name=_("接口密钥"), on_delete=models.CASCADE, related_name="tokens"
    )
    scopes = ArrayField(models.CharField(max_length=60), verbose_name=_("权限范围"))
    expires_at = models.DateTimeField(_("失效时间"), db_index=True)

    objects = AccessTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("访问令牌")
        verbose_name_plural = _("访问令牌")

    def __str__(self) -> str:
        return self.digest[:8]


class SignInTries(models.Model):
    """How often something was tried in vain since it last succeeded (sojourn.accounts.lockout).

    Kept here and not in a cache, so that a lock holds when Redis does not.
    """

    key = models.CharField(_("计数对象"), max_length=64, primary_key=True)
    failures = models.PositiveIntegerField(_("失败次数"), default=0)
    last_at = models.DateTimeField(_("最近一次"))

    objects = LockingQuerySet.as_manager()

    class Meta:
        verbose_name = _("登录尝试")
        verbose_name_plural = _("登录尝试")

    def __str__(self) -> str:
        return self.key[:12]


class SignInPhone(models.Model):
    """The telephone by which a family signs in: found by an index, kept under the node's key for contacts."""

    user = models.OneToOneField(
        User, verbose_name=_("用户"), on_delete=models.PROTECT, primary_key=True, related_name="phone"
    )
    phone_index = models.BinaryField(_("电话（盲索引）"), max_length=32, unique=True, editable=False)
    phone_cipher = models.TextField(_("电话（密文）"), editable=False)
    since = models.DateTimeField(_("首次登录"))

    objects = LockingQuerySet.as_manager()

    class Meta:
        verbose_name = _("登录电话")
        verbose_name_plural = _("登录电话")

    def __str__(self) -> str:
        return str(self.pk)


class SignInCode(models.Model):
    """A one-time code on its way to a telephone, whether or not that telephone has an account.

    Of the code there is a keyed digest; ``network`` is one of the caller's address, "" where that cannot be
    trusted. Rows are gone soon after the code is of no more use.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    phone_index = models.BinaryField(_("电话（盲索引）"), max_length=32, editable=False)
    phone_cipher = models.TextField(_("电话（密文）"), editable=False)
    code_digest = models.BinaryField(_("验证码（摘要）"), max_length=32, editable=False)
    network = models.CharField(_("网络（摘要）"), max_length=64, blank=True)
    asked_at = models.DateTimeField(_("索取时间"))
    expires_at = models.DateTimeField(_("过期时间"))
    tries = models.PositiveSmallIntegerField(_("输错次数"), default=0)
    used_at = models.DateTimeField(_("使用时间"), null=True)

    objects = SignInCodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("登录验证码")
        verbose_name_plural = _("登录验证码")
        indexes = [
            models.Index(fields=["phone_index", "-asked_at"], name="signincode_of_phone"),
            models.Index(fields=["network", "asked_at"], name="signincode_of_network"),
        ]
        constraints = [
            models.CheckConstraint(
                name="sign_in_code_expires_later", condition=Q(expires_at__gt=models.F("asked_at"))
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Passkey(models.Model):
    """The public half of a passkey: a family signs in with it, to the staff it is a second factor.

    ``domain`` is the one it was made for; ``name`` is what its owner calls the device. A removed one is gone.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, verbose_name=_("用户"), on_delete=models.PROTECT, related_name="passkeys")
    name = models.CharField(_("设备名称"), max_length=LONGEST_NAME)
    domain = models.CharField(_("域名"), max_length=253)
    credential_id = models.BinaryField(_("凭据标识"), max_length=1023, unique=True, editable=False)
    public_key = models.BinaryField(_("公钥"), max_length=4096, editable=False)
    sign_count = models.BigIntegerField(_("使用计数"))
    created_at = models.DateTimeField(_("添加时间"))
    last_used_at = models.DateTimeField(_("最近使用时间"), null=True)

    objects = PasskeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("通行密钥")
        verbose_name_plural = _("通行密钥")
        constraints = [
            models.CheckConstraint(name="passkey_has_name", condition=~Q(name="")),
            models.CheckConstraint(name="passkey_counts_up", condition=Q(sign_count__gte=0)),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class PasskeyChallenge(models.Model):
    """A random word that one session was handed for a device to sign, once and within minutes."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    deed = models.CharField(_("用途"), max_length=10, choices=PasskeyDeed)
    user = models.ForeignKey(
        User, verbose_name=_("用户"), on_delete=models.CASCADE, null=True, related_name="+"
    )
    challenge = models.BinaryField(_("随机数"), max_length=32, editable=False)
    expires_at = models.DateTimeField(_("过期时间"), db_index=True)

    objects = PasskeyChallengeQuerySet.as_manager()

    class Meta:
        verbose_name = _("通行密钥随机数")
        verbose_name_plural = _("通行密钥随机数")
        constraints = [
            models.CheckConstraint(
                name="passkey_challenge_has_user",
                condition=Q(deed=PasskeyDeed.SIGN_IN, user__isnull=True)
                | (~Q(deed=PasskeyDeed.SIGN_IN) & Q(user__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Session(AbstractBaseSession):
    """A browser that came back: whose, since when and last used when, or why it was ended (sojourn.accounts.sessions).

    ``device`` names the kind of device and browser. One that was ended is nobody's and holds nothing.
    """

    user = models.ForeignKey(
        User, verbose_name=_("用户"), on_delete=models.CASCADE, null=True, related_name="+"
    )
    began_at = models.DateTimeField(_("登录时间"), null=True)
    seen_at = models.DateTimeField(_("最近使用时间"), null=True)
    device = models.CharField(_("设备"), max_length=40, blank=True)
    ended = models.CharField(_("结束原因"), max_length=10, choices=SessionEnd, blank=True)

    objects: ClassVar = SessionManager()

    class Meta:
        verbose_name = _("登录会话")
        verbose_name_plural = _("登录会话")
        constraints = [
            models.CheckConstraint(
                name="session_ended_is_nobodys", condition=Q(ended="") | Q(user__isnull=True, session_data="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session_key[:4]}…"

    @classmethod
    def get_session_store_class(cls):
        return import_string(f"{settings.SESSION_ENGINE}.SessionStore")
