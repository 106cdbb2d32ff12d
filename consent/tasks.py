"""The consent floor's background work: thin leaves, each calls one thing."""

from celery import shared_task


@shared_task(name="consent.drain", ignore_result=True)
def drain(*, partner_id: int) -> None:
    """Deliver what is due to one partner."""
    from consent.courier import run

    run.drain(partner_id)


@shared_task(name="consent.sweep_deliveries", ignore_result=True)
def sweep_deliveries() -> None:
    """Find the mailboxes whose message was lost, or whose time has come."""
    from consent.courier import claim

    for partner_id in claim.due():
        drain.delay(partner_id=partner_id)


@shared_task(name="consent.sweep_tellings", ignore_result=True)
def sweep_tellings() -> None:
    """Write down some more of the people who are to be told of something."""
    from consent.actions import telling

    telling.spread_some()


@shared_task(name="consent.sweep_ending", ignore_result=True)
def sweep_ending() -> None:
    """Once the service has ended, ask for the erasure of some more accounts."""
    from consent.actions import endings

    endings.erase_some()


@shared_task(name="consent.sweep_contracts", ignore_result=True)
def sweep_contracts() -> None:
    """Have partners whose contract is over delete what they got."""
    from consent.actions import contracts

    contracts.end_some()


@shared_task(name="consent.pulse", ignore_result=True)
def pulse() -> None:
    """A courier that runs this is alive: it rides in the courier's own queue."""
    from accounts.actions import pulses

    pulses.beat_of("courier")
