"""Looks at applications, reached by acting: handed in, then looked at as the worker would."""

from accounts.models import Person
from onboarding.actions import risk
from onboarding.models import Application, RiskLook
from tests import factories


def looked_at(application: Application) -> RiskLook:
    """The look at this round, once the worker has been there."""
    risk.look(look_id=RiskLook.objects.of_round(application).pk)
    return RiskLook.objects.of_round(application)


def codes(look: RiskLook) -> list[str]:
    """What was pointed out."""
    return [signal.code for signal in look.found()]


def double(first: Person, second: Person) -> tuple[Application, RiskLook]:
    """The second one's application, of a firm the first handed in too; looked at."""
    factories.submitted(first)
    application = factories.submitted(second)
    return application, looked_at(application)
