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


class PasskeyRefused(Refusal):
    """What a device sent opens nothing; which of the reasons it was is told as far as it helps her."""

    code, status = "passkey_refused", 403
    title = _("通行密钥没有通过核对，请再试一次，或者用验证码登录")


class PasskeyUnproven(PasskeyRefused):
    code = "passkey_unproven"


class PasskeyUnknown(PasskeyRefused):
    code = "passkey_unknown"
    title = _("这里没有登记这个通行密钥，或者已经移除")


class PasskeyStale(PasskeyRefused):
    code = "passkey_stale"
    title = _("等得太久，或者已经用过一次，请再按一次按钮")


class PasskeyCopied(PasskeyRefused):
    """The device's count did not rise: somebody else may hold the same passkey."""

    code = "passkey_copied"
    title = _("这个通行密钥可能被复制过，没有放行。请用验证码登录，移除它，再重新添加")


class PasskeyHeld(Refusal):
    code = "passkey_held"
    title = _("这个通行密钥已经登记过")


class PasskeyUnnamed(Invalid):
    code = "passkey_unnamed"
    title = _("请给这台设备起个名字，最多二十个字")


class TooManyPasskeys(Refusal):
    code = "too_many_passkeys"
    title = _("最多登记 {most} 个通行密钥，请先移除不用的")


class PasskeyNotHere(Refusal):
    """The address of the page can have no passkeys: digits, no TLS, or a name that the node did not set."""

    code = "passkey_not_here"
    title = _("这个网址不能用通行密钥")


class ProofTooOld(NotPermitted):
    """She signed in too long ago for this; she proves it anew and goes on."""

    code = "proof_too_old"
    title = _("登录已经有一会儿了，请先确认一次是您本人")
