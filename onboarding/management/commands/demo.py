"""Demo content for development: staff accounts with random passwords, and the demo partner."""

import os
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Person
from consent.actions import assessments, partners
from consent.states import PartnerState

STAFF = {
    "shenhe": ("reviewer",),
    "shenhe2": ("reviewer",),
    "fabu": ("publisher",),
    "fabu2": ("publisher",),
    "yinsi": ("officer", "ops"),
    "yinsi2": ("officer",),
}
OFFICERS = ("yinsi", "yinsi2")


class Command(BaseCommand):
    """Refuses in production; keeps the passwords in var/demo-staff.txt for its owner only."""

    help = __doc__ or ""
    requires_system_checks = ()

    def handle(self, *_args: Any, **_options: Any) -> None:
        if not settings.DEVELOPMENT:
            raise CommandError("demo content is for development only")
        for line in self._staff():
            self.stdout.write(line)
        self._partner_and_assessments()

    def _partner_and_assessments(self) -> None:
        """What ships is read and approved by the two officers; then the partner may be active."""
        endpoint, partner = os.environ.get("DEMO_PARTNER_URL"), None
        if endpoint:
            partner = partners.set_up_demo(endpoint=endpoint, secret=settings.DEMO_PARTNER_SECRET)
        author, approver = (Person.objects.get(username=name) for name in OFFICERS)
        assessments.adopt_shipped(author=author, approver=approver)
        if partner and partner.state == PartnerState.DRAFT:
            partners.activate(partner=partner, by=approver)

    def _staff(self) -> list[str]:
        """The sign-in lines to print, making the accounts the first time."""
        note = Path(settings.VAR_DIR) / "demo-staff.txt"
        if note.exists() and Person.objects.filter(username__in=STAFF).count() == len(STAFF):
            return note.read_text().splitlines()
        lines = [f"Demo staff, signing in at {settings.PORTAL_URL}/staff/login/"]
        for name, roles in STAFF.items():
            password = secrets.token_urlsafe(15)
            person, _made = Person.objects.get_or_create(
                username=name, defaults={"kind": Person.Kind.STAFF, "is_staff": True}
            )
            person.set_password(password)
            person.save()
            person.groups.set(Group.objects.filter(name__in=roles))
            lines.append(f"  {name:<10} {password}   ({', '.join(roles)})")
        descriptor = os.open(note, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write("\n".join(lines) + "\n")
        return lines
