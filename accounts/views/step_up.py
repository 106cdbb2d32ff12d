"""A step-up: a code to the account's own number before a sensitive act.

Both halves, the code asked for and the proof, live in the session that asked.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.actions import codes
from accounts.addresses import client_address
from accounts.forms import CodeForm
from accounts.models import Challenge
from accounts.views.signed_in import SignedIn

# How long a proven code stays good for the one act it was asked for.
PROVEN_FOR: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class StepUp:
    """The codes of one act, named after its pages: APP:NAME asks, APP:NAME_code takes."""

    purpose: Challenge.Purpose
    name: str
    app: str = "accounts"

    def send(self, request: SignedIn) -> codes.NotSent | None:
        """Send a code to the account's own number; the reason when none went out."""
        try:
            challenge = codes.send(
                purpose=self.purpose,
                phone=request.user.phone.clear,
                bound_to=str(request.session.session_key),
                address=client_address(request),
            )
        except codes.NotSent as failure:
            return failure
        request.session[self._challenge] = str(challenge.pk)
        return None

    def code_page(self, request: SignedIn, template: str, onward: str) -> HttpResponse:
        """The page that takes the code, sends another, and leads onward once it is right."""
        challenge = request.session.get(self._challenge)
        if challenge is None:
            # Proven a moment ago: the button was pressed twice.
            return redirect(onward if self.is_proven(request) else f"{self.app}:{self.name}")
        if "resend" in request.POST:
            return self._resend(request)
        form = CodeForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and self._proves(request, form, challenge):
            return redirect(onward)
        return render(request, template, {"form": form}, status=422 if form.errors else 200)

    def is_proven(self, request: SignedIn) -> bool:
        """Whether a code was right in this session, not too long ago."""
        proven = parse_datetime(request.session.get(self._proven, ""))
        return proven is not None and timezone.now() - proven < PROVEN_FOR

    def spend(self, request: SignedIn) -> None:
        """The act is done: the next one asks for a code again."""
        request.session.pop(self._proven, None)

    def _resend(self, request: SignedIn) -> HttpResponse:
        failure = self.send(request)
        if failure is None:
            messages.success(request, "新的验证码已发送")
        else:
            messages.error(request, str(failure))
        return redirect(f"{self.app}:{self.name}_code")

    def _proves(self, request: SignedIn, form: CodeForm, challenge: str) -> bool:
        if not form.is_valid():
            return False
        try:
            codes.check(
                challenge_id=UUID(challenge),
                code=form.cleaned_data["code"],
                purpose=self.purpose,
                bound_to=str(request.session.session_key),
            )
        except codes.CodeRefused as refused:
            form.add_error("code", str(refused))
            return False
        del request.session[self._challenge]
        request.session[self._proven] = timezone.now().isoformat()
        return True

    @property
    def _challenge(self) -> str:
        return f"{self.name}_challenge"

    @property
    def _proven(self) -> str:
        return f"{self.name}_proven"
