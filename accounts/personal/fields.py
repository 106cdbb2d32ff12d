"""Fields that hold personal data, and the model base whose lists fetch keys in one query."""

import hashlib
import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, ClassVar, NoReturn, cast
from uuid import UUID, uuid4

from django.conf import settings
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from accounts.personal import guard, masks
from accounts.personal.classes import Category, Level, Retention
from accounts.personal.keys import Keyring
from accounts.personal.sealing import open_bytes, seal_bytes
from accounts.personal.values import PersonalValue


@dataclass(slots=True)
class _Cell:
    """What an instance really holds: the sealed bytes, the plain text, or both.

    Says nothing of them when printed, and keeps its instance out of caches and queues.
    """

    plain: str | None = field(default=None, repr=False)
    sealed: bytes | None = field(default=None, repr=False)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a personal value is never serialised")


def owner_of(instance: models.Model) -> UUID:
    """The person a row belongs to, by its model's PERSON attribute."""
    return cast(UUID, getattr(instance, cast(PersonalModel, instance).PERSON))


def _keyring(instance: models.Model) -> Keyring:
    ring = instance.__dict__.get("_keyring")
    if ring is None:
        ring = instance.__dict__["_keyring"] = Keyring([owner_of(instance)])
    return cast(Keyring, ring)


class _PersonalAttribute(DeferredAttribute):
    """Gives PersonalValue on reading; takes text, None or another PersonalValue on writing."""

    field: "PersonalText"

    def __get__(self, instance: models.Model | None, cls: Any = None) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        if name not in instance.__dict__:
            super().__get__(instance, cls)
        cell = instance.__dict__[name]
        if cell is None:
            return None
        place = self.field.place(instance)
        return PersonalValue(lambda: self.field.open(instance, cell), self.field.mask, place, cell)

    def __set__(self, instance: models.Model, value: "str | bytes | PersonalValue | None") -> None:
        cell: _Cell | None = None
        if isinstance(value, bytes):
            cell = _Cell(sealed=value)
        elif isinstance(value, PersonalValue):
            same = value.place == self.field.place(instance)
            cell = cast(_Cell, value.cell) if same else _Cell(plain=value.clear)
        elif value:
            cell = _Cell(plain=self.field.normalise(value))
        instance.__dict__[self.field.attname] = cell


class PersonalText(models.BinaryField):  # type: ignore[type-arg]  # stored bytes, read PersonalValue
    """A text about a person, encrypted at rest under that person's key of its retention class.

    `purpose` and `scene` say why and where it is collected, in the words of the list people see.
    `consent` names the separate consent without which it is never stored (PIPL 29).
    """

    descriptor_class = _PersonalAttribute

    def __init__(
        self,
        verbose_name: str = "",
        *,
        category: Category = Category.ACCOUNT,
        level: Level = Level.GENERAL,
        purpose: str = "",
        scene: str = "",
        retention: Retention = Retention.ACCOUNT,
        mask: Callable[[str], str] = masks.hidden,
        consent: str = "",
        normalise: Callable[[str], str] = str.strip,
        **kwargs: Any,
    ) -> None:
        self.category, self.level = category, level
        self.purpose, self.scene = purpose, scene
        self.retention, self.mask, self.consent = retention, mask, consent
        self.normalise = normalise
        kwargs.setdefault("null", True)
        kwargs.setdefault("blank", True)
        kwargs["editable"] = False
        super().__init__(verbose_name, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.BinaryField", list(args), kwargs

    def place(self, instance: models.Model) -> str:
        """Where a value of this field lives; part of its associated data."""
        return f"{self.model._meta.label}.{self.name}:{instance.pk}"

    def open(self, instance: models.Model, cell: _Cell) -> str:
        """The plain text of a cell; raises KeyGone."""
        if cell.plain is None:
            cell.plain = open_bytes(
                person=owner_of(instance),
                retention=self.retention,
                context=self.place(instance),
                sealed=cast(bytes, cell.sealed),
                keyring=_keyring(instance),
            ).decode()
        return cell.plain

    def pre_save(self, model_instance: models.Model, add: bool) -> bytes | None:
        cell = model_instance.__dict__.get(self.attname)
        if cell is None:
            return None
        if cell.sealed is None:
            if self.consent:
                guard.require(owner_of(model_instance), self.consent)
            cell.sealed = seal_bytes(
                person=owner_of(model_instance),
                retention=self.retention,
                context=self.place(model_instance),
                plain=cell.plain.encode(),
                keyring=_keyring(model_instance),
            )
        return cast(bytes, cell.sealed)

    def from_db_value(self, value: Any, *_args: Any) -> bytes | None:
        return None if value is None else bytes(value)

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, str | PersonalValue):
            raise TypeError(f"{self.name} is personal: save it through its instance")
        return super().get_prep_value(value)

    def value_from_object(self, obj: models.Model) -> Any:
        return getattr(obj, self.attname)


class BlindIndex(models.CharField):  # type: ignore[type-arg]  # always text
    """Keyed hash of a sibling PersonalText, for exact lookup without opening anything."""

    def __init__(self, of: str = "", **kwargs: Any) -> None:
        self.of_field = of
        kwargs.update(max_length=64, null=True, editable=False)
        super().__init__(**kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", list(args), kwargs

    @staticmethod
    def of(model: type[models.Model], field: str, value: str) -> str:
        """The index `value` would have in `model.field`; keyed: numbers cannot be enumerated."""
        declared = cast(PersonalText, model._meta.get_field(field))
        return keyed_hash(f"{model._meta.label}.{field}", declared.normalise(value))

    def pre_save(self, model_instance: models.Model, add: bool) -> str | None:
        cell = model_instance.__dict__.get(self.of_field)
        if cell is None:
            index = None
        elif cell.plain is None:
            return cast(str | None, getattr(model_instance, self.attname))
        else:
            index = self.of(type(model_instance), self.of_field, cell.plain)
        setattr(model_instance, self.attname, index)
        return index


def keyed_hash(context: str, value: str) -> str:
    """HMAC-SHA256 under INDEX_KEY, hex; the context keeps equal values of different kinds apart."""
    key = settings.INDEX_KEY.encode()
    return hmac.new(key, f"{context}:{value}".encode(), hashlib.sha256).hexdigest()


class PersonalQuerySet(models.QuerySet[Any]):
    """Rows of one list share a keyring: however many are opened, the vault is asked once."""

    def _fetch_all(self) -> None:
        fresh = self._result_cache is None
        super()._fetch_all()
        if fresh:
            share_keyring(self._result_cache or ())


def share_keyring(rows: Iterable[object]) -> None:
    """Give these rows one keyring, loaded at the first value opened."""
    instances = [row for row in rows if isinstance(row, PersonalModel)]
    ring = Keyring(owner_of(row) for row in instances)
    for row in instances:
        row.__dict__["_keyring"] = ring


class PersonalModel(models.Model):
    """A model with personal fields: a UUID key known before saving, an owner, and decided fields.

    PERSON is the attribute with the owner's UUID; PLAIN names every field that is not personal.
    """

    PERSON: ClassVar[str] = "person_id"
    PLAIN: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)

    objects = PersonalQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """As Django's; a blind index is always saved with the value it is of."""
        if update_fields is not None:
            named = set(update_fields)
            fields = self._meta.concrete_fields
            update_fields = named | {
                f.name for f in fields if isinstance(f, BlindIndex) and f.of_field in named
            }
        super().save(update_fields=update_fields, **kwargs)

    @classmethod
    def personal_fields(cls) -> list[PersonalText]:
        """Its personal fields, in the order they are declared."""
        return [field for field in cls._meta.get_fields() if isinstance(field, PersonalText)]

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        """As Django's, forgetting keys fetched before."""
        self.__dict__.pop("_keyring", None)
        super().refresh_from_db(*args, **kwargs)
