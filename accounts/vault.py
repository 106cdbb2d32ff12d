"""Keeps the data keys, and nothing else, in the vault database."""

from typing import Any

from django.db.models import Model

VAULT_MODELS = frozenset({"datakey"})


class VaultRouter:
    """Routes DataKey to `vault` and everything else to `default`, in queries and migrations."""

    def _alias(self, model: type[Model]) -> str:
        is_vault = model._meta.app_label == "accounts" and model._meta.model_name in VAULT_MODELS
        return "vault" if is_vault else "default"

    def db_for_read(self, model: type[Model], **_hints: Any) -> str:
        return self._alias(model)

    def db_for_write(self, model: type[Model], **_hints: Any) -> str:
        return self._alias(model)

    def allow_migrate(
        self, db: str, app_label: str, model_name: str | None = None, **hints: Any
    ) -> bool:
        is_vault = app_label == "accounts" and (
            model_name in VAULT_MODELS or bool(hints.get("vault"))
        )
        return (db == "vault") == is_vault
