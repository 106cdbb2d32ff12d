"""The middle floor."""

from django.apps import AppConfig


class ConsentConfig(AppConfig):
    """Registers the judge of consents, the holders and the text messages of this floor."""

    name = "consent"
    verbose_name = "同意与共享"

    def ready(self) -> None:
        from accounts import kinds as messages
        from accounts.personal import guard, resealing
        from accounts.personal import holders as registry
        from consent import holders, kinds
        from consent.actions import consents, partner_keys

        messages.register(*kinds.ALL)
        guard.register(consents.is_live)
        resealing.register("合作方密钥", partner_keys.reseal)
        for holder in holders.ALL:
            registry.register(holder)
