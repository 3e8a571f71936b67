"""Objects that a server sent, read leniently: what is known has types, what is not is kept.

A field is converted when it is looked at first. A server may leave out what it does not have, and may send more than
is known here: neither is an error until somebody needs what is not there.
"""

import types
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple, Self, Union, get_args, get_origin, get_type_hints

import msgspec

from antiphon.client.errors import Unreadable

State = Literal["missing", "null", "present"]


class Open(str):
    """One of a set of words, or a word that a later server has added to it."""

    KNOWN: ClassVar[frozenset[str]] = frozenset()
    __slots__ = ()

    def __init_subclass__(cls, *, known: Iterable[str]) -> None:
        cls.KNOWN = frozenset(known)

    @property
    def is_known(self) -> bool:
        """Whether the word is one of those this client knows."""
        return self in self.KNOWN


class Record:  # noqa: PLW1641 (what is equal by content that may change has no hash)
    """A JSON object. Its fields are attributes; None stands for null, and for what is left out where it may be: `state`
    tells these apart.
    """

    def __init__(self, fields: dict[str, Any], text: bytes | None = None) -> None:
        self._fields = fields
        self._text = text

    @classmethod
    @cache
    def declared(cls) -> "Mapping[str, Field]":
        """What the annotations of the class say."""
        return {name: build_field(hint) for name, hint in get_type_hints(cls).items() if not name.startswith("_")}

    @classmethod
    def parse(cls, text: bytes) -> Self:
        """From JSON. Raises `Unreadable`."""
        try:
            fields = msgspec.json.decode(text)
        except msgspec.DecodeError:
            raise Unreadable(f"The server's answer is not JSON: {shorten(text)}") from None
        if not isinstance(fields, dict):
            raise Unreadable(f"The server's answer is not an object: {shorten(text)}")
        return cls(fields, text)

    if not TYPE_CHECKING:  # a checker knows the fields by their annotations, and finds others wrong

        def __getattr__(self, name: str) -> Any:
            field = self.declared().get(name)
            if field is None:
                raise AttributeError(f"{type(self).__name__} has no field '{name}'")
            value = self._fields.get(name)
            if value is None and not field.optional:
                raise AttributeError(f"the server sent no '{name}' in this {type(self).__name__}")
            converted = None if value is None else field.convert(value)
            self.__dict__[name] = converted
            return converted

    def __setattr__(self, name: str, value: Any) -> None:
        if not name.startswith("_"):
            raise AttributeError(
                f"a {type(self).__name__} is what the server sent; change what `to_dict()` gives instead"
            )
        super().__setattr__(name, value)

    def __dir__(self) -> Iterable[str]:
        return {*super().__dir__(), *self.declared()}

    def state(self, name: str) -> State:
        """Whether a field is there, is there as null, or is not there."""
        if name not in self._fields:
            return "missing"
        return "null" if self._fields[name] is None else "present"

    @property
    def extra_fields(self) -> dict[str, Any]:
        """What this client does not know of."""
        known = self.declared()
        return {name: value for name, value in self._fields.items() if name not in known}

    @property
    def raw_json(self) -> str:
        """As the server wrote it; of an object within another one, the same content."""
        return (self._text or msgspec.json.encode(self._fields)).decode()

    def to_dict(self) -> dict[str, Any]:
        """All of it, as JSON has it: fields that are left out are not there."""
        return self._fields

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Record) and type(self) is type(other) and self._fields == other._fields

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._fields!r})"


class Field(NamedTuple):
    """optional: whether it may be left out or null."""

    convert: Callable[[Any], Any]
    optional: bool


def build_field(hint: Any) -> Field:
    """How a value of this type is read."""
    kinds = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    optional = types.NoneType in kinds
    [kind] = [kind for kind in kinds if kind is not types.NoneType]
    return Field(converter_of(kind), optional)


def converter_of(kind: Any) -> Callable[[Any], Any]:
    """From what JSON has."""
    if get_origin(kind) is list:
        convert = converter_of(get_args(kind)[0])
        return lambda value: [convert(item) for item in as_list(value)]
    if isinstance(kind, type) and issubclass(kind, Record):
        return lambda value: kind(as_object(value, kind.__name__))
    if isinstance(kind, type) and issubclass(kind, Open):
        return lambda value: kind(value) if isinstance(value, str) else value
    return lambda value: value


def as_list(value: Any) -> list[Any]:
    """Raises `Unreadable`."""
    if not isinstance(value, list):
        raise Unreadable(f"The server sent no list where one belongs: {value!r:.100}")
    return value


def as_object(value: Any, name: str) -> dict[str, Any]:
    """Raises `Unreadable`."""
    if not isinstance(value, dict):
        raise Unreadable(f"The server sent no object where a {name} belongs: {value!r:.100}")
    return value


def shorten(text: bytes) -> str:
    """Its beginning."""
    return repr(text[:100].decode(errors="replace"))
