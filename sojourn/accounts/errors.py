"""What accounts refuses."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from sojourn.core.refusals import Invalid, NotPermitted, Refusal


class UsernameTaken(Refusal):
    code = "username_taken"
    title = _("登录名已被使用")


class WeakPassphrase(Invalid):
    code = "weak_passphrase"
    title = _("密码不符合要求")


class DivisionUnknown(Invalid):
    code = "division_unknown"
    title = _("没有这个行政区划代码")


class BeyondYourReach(NotPermitted):
    code = "beyond_your_reach"
    title = _("不能授予超出本人辖区的权限")


class MembershipHeld(Refusal):
    code = "membership_held"
    title = _("该用户已有这项任职")


class MembershipEnded(Refusal):
    code = "membership_ended"
    title = _("这项任职已经终止")


class AccountClosed(Refusal):
    code = "account_closed"
    title = _("账号已经停用")


class AccountOpen(Refusal):
    code = "account_open"
    title = _("账号没有停用")


class SecondFactorHeld(Refusal):
    code = "second_factor_held"
    title = _("该账号已设置两步验证")


class SecondFactorMissing(Refusal):
    code = "second_factor_missing"
    title = _("该账号没有设置两步验证")


class PhoneUnreadable(Invalid):
    code = "phone_unreadable"
    title = _("应为手机号码，或带区号的座机号码")


class HolderUnknown(Invalid):
    code = "holder_unknown"
    title = _("没有这个编号的对象，或不由本节点维护")


class ScopeUnknown(Invalid):
    code = "scope_unknown"
    title = _("没有这项权限范围")


class ClientClosed(Refusal):
    code = "client_closed"
    title = _("接口账号已经停用")


class KeysHeld(Refusal):
    code = "keys_held"
    title = _("已有两把有效的密钥，请先吊销一把")


class KeyRevoked(Refusal):
    code = "key_revoked"
    title = _("这把密钥已经吊销")


class TokenRefused(Refusal):
    """A program gets no access token; ``code`` is that of RFC 6749, 5.2, and ``said`` its description in ASCII."""

    code, status = "invalid_request", 400
    title = _("令牌请求有误")

    def __init__(self, said: str) -> None:
        super().__init__()
        self.said = said


class ClientUnproven(TokenRefused):
    code, status = "invalid_client", 401
    title = _("接口账号或密钥不正确")


class GrantUnsupported(TokenRefused):
    code = "unsupported_grant_type"
    title = _("只支持 client_credentials")


class ScopeRefused(TokenRefused):
    code = "invalid_scope"
    title = _("超出该接口账号的权限范围")


class TooManyTokens(Refusal):
    code, status = "too_many_tokens", 429
    title = _("这把密钥已有太多有效的令牌，请重复使用已取得的令牌")


class SignInLocked(Refusal):
    """Too many failures; ``wait`` is what is left of the time in which nothing may be tried."""

    code, status = "sign_in_locked", 429
    title = _("登录失败次数过多，请 {minutes} 分钟后再试")

    def __init__(self, *, wait: timedelta) -> None:
        super().__init__(minutes=-(-wait // timedelta(minutes=1)))
        self.wait = wait


class CodesAskedTooOften(SignInLocked):
    code = "codes_asked_too_often"
    title = _("验证码要得太频繁，请 {minutes} 分钟后再试")
