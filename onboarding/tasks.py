"""Work of the top floor that Celery does; each task is a leaf and safe to repeat."""

from uuid import UUID

from celery import shared_task


@shared_task(name="onboarding.sweep_discards")
def sweep_discards() -> None:
    """Delete stored pictures that no paper names any more."""
    from onboarding.actions import papers

    papers.sweep()


@shared_task(name="onboarding.check_real_name")
def check_real_name(*, check_id: str) -> None:
    """Ask a verifier about one name and number."""
    from onboarding.actions import real_names

    real_names.run(check_id=UUID(check_id))


@shared_task(name="onboarding.sweep_real_names")
def sweep_real_names() -> None:
    """Find the checks whose message was lost, or whose time has come."""
    from onboarding.actions import real_names

    for check_id in real_names.due():
        check_real_name.delay(check_id=str(check_id))


@shared_task(name="onboarding.sweep_risk")
def sweep_risk() -> None:
    """Hand every application that was not looked at yet to a worker."""
    from onboarding.actions import risk

    for look_id in risk.waiting():
        look_for_risk.apply_async(kwargs={"look_id": str(look_id)}, expires=60)


@shared_task(name="onboarding.look_for_risk")
def look_for_risk(*, look_id: str) -> None:
    """Hold one round of an application against the rules."""
    from onboarding.actions import risk

    risk.look(look_id=UUID(look_id))
