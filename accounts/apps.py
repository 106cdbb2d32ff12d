"""The ground floor."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Registers the holders of the ground floor, and refuses to start with an unknown port."""

    name = "accounts"
    verbose_name = "账号"

    def ready(self) -> None:
        from allauth.mfa.signals import authentication_failed

        from accounts import holders, kinds, staff_sign_in
        from accounts.personal import holders as registry
        from accounts.personal import resealing
        from accounts.ports import sms, wechat

        sms.sender()
        wechat.check()
        authentication_failed.connect(staff_sign_in.second_factor_failed)
        kinds.register(*kinds.GROUND)
        resealing.register("员工第二因素", staff_sign_in.reseal_second_factors)
        for holder in holders.ALL:
            registry.register(holder)
