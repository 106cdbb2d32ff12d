"""Demo content for development: staff accounts with random passwords, and the demo partner."""

import os
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Person
from consent.actions import assessments, partners
from consent.models import Partner
from consent.recipient_purposes import PurposeClass
from consent.states import PartnerState
from onboarding.ports import identity, identity_url

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
        verifier = self._simulated_verifier()
        endpoint, partner = os.environ.get("DEMO_PARTNER_URL"), None
        if endpoint:
            partner = partners.set_up_demo(endpoint=endpoint, secret=settings.DEMO_PARTNER_SECRET)
        author, approver = (Person.objects.get(username=name) for name in OFFICERS)
        assessments.adopt_shipped(author=author, approver=approver)
        for one in (partner, verifier):
            if one and one.state == PartnerState.DRAFT:
                partners.activate(partner=one, by=approver)

    def _simulated_verifier(self) -> Partner | None:
        """Where IDENTITY_URL asks for the simulator: what a merchant agrees to have asked."""
        address = identity.address()
        if address.kind != identity_url.SIMULATOR:
            return None
        return Partner.objects.filter(slug=address.partner).first() or partners.register(
            slug=address.partner,
            secrets=[secrets.token_urlsafe(15)],
            scope={"identity": ["real_name", "id_number"]},
            kind=Partner.Kind.SUPPLIER,
            legal_name="模拟核验机构",
            contact="400-166-5151",
            address=partners.DEMO_ADDRESS,
            purpose="核对姓名和身份证号码是否一致；开发用，不连接任何机构",
            purpose_class=PurposeClass.IDENTITY,
            protocol=Partner.Protocol.MANUAL,
            method="不离开这台电脑",
            contract="DEMO-2026-02",
            contract_until="2027-12-31",
            sub_processing="不得再委托",
            security_by="安全组（演示）",
            security_on=timezone.localdate(),
            security_result=Partner.Security.PASSED,
        )

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
