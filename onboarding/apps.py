"""The top floor."""

from django.apps import AppConfig


class OnboardingConfig(AppConfig):
    """Registers the holders and the text messages of the top floor."""

    name = "onboarding"
    verbose_name = "入驻"

    def ready(self) -> None:
        from accounts import kinds as messages
        from accounts.personal import holders as registry
        from onboarding import holders, kinds

        messages.register(*kinds.ALL)
        for holder in holders.ALL:
            registry.register(holder)
