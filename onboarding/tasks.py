"""Work of the top floor that Celery does; each task is a leaf and safe to repeat."""

from celery import shared_task


@shared_task(name="onboarding.sweep_discards")
def sweep_discards() -> None:
    """Delete stored pictures that no paper names any more."""
    from onboarding.actions import papers

    papers.sweep()
