"""One-time codes: hashed, single use, bound to the browser and the act that asked, counted."""

from datetime import datetime
from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.utils import timezone


class ChallengeQuerySet(models.QuerySet["Challenge"]):
    """Reads over challenges."""

    def open_at(self, now: datetime) -> "ChallengeQuerySet":
        """Those whose code could still be entered."""
        return self.filter(used_at=None, expires_at__gt=now)

    def sent(self) -> "ChallengeQuerySet":
        """Those that went out by text message, and were not shown on the merchant's own page."""
        return self.exclude(purpose=Challenge.Purpose.CALL_PAGE)


class Challenge(models.Model):
    """One code sent to one number for one purpose; the number is sealed, the code is a hash."""

    class Purpose(models.TextChoices):
        SIGN_IN = "sign_in", "登录或注册"
        DEACTIVATE = "deactivate", "注销账号"
        STEP_UP = "step_up", "确认是您本人操作"
        CALL = "call", "来电核验"
        CALL_PAGE = "call_page", "来电核验（页面上的码）"
        CALL_CLOSE = "call_close", "请客服注销您的账号"
        OLD_PHONE = "old_phone", "更换登录手机号"
        NEW_PHONE = "new_phone", "更换登录手机号"

    # `sealed_phone` is sealed under the KMS and lives at most ten minutes; the keyed hashes a day.
    PLAIN = (
        "id",
        "purpose",
        "number_hash",
        "address_hash",
        "network_hash",
        "bound_hash",
        "sealed_phone",
        "code_hash",
        "attempts",
        "created_at",
        "expires_at",
        "used_at",
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    purpose = models.CharField(max_length=20, choices=Purpose)
    number_hash = models.CharField(max_length=64)
    address_hash = models.CharField(max_length=64)
    network_hash = models.CharField(max_length=64)
    bound_hash = models.CharField(max_length=64)
    sealed_phone = models.BinaryField(null=True)
    code_hash = models.CharField(max_length=64)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    objects = ChallengeQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["number_hash", "created_at"], name="challenge_number"),
            models.Index(fields=["address_hash", "created_at"], name="challenge_address"),
            models.Index(fields=["network_hash", "created_at"], name="challenge_network"),
            models.Index(fields=["created_at"], name="challenge_age"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.id}"
