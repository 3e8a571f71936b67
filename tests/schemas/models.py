"""Schemas that Pydantic makes, through the official package for `strict`, and as they come."""

import datetime
from enum import Enum
from typing import Annotated, Literal, Optional
from uuid import UUID

from openai.lib._pydantic import to_strict_json_schema
from pydantic import BaseModel, Field

from tests.schemas.case import Schema

Short = Annotated[str, Field(max_length=8)]
Digit = Annotated[int, Field(ge=0, le=9)]


class Colour(Enum):
    """An enum."""

    RED = "red"
    GREEN = "green"


class Level(Enum):
    """An enum of integers."""

    LOW = 1
    HIGH = 2


class Address(BaseModel):
    """A nested model."""

    street: Short
    number: Annotated[int, Field(gt=0, lt=100)]


class Person(BaseModel):
    """Optional fields, enums and a nested model."""

    name: Short = Field(description="Name, as people say it")
    age: Annotated[int, Field(ge=0, le=130)] | None = None
    colour: Colour
    level: Level = Level.LOW
    address: Address
    other: Optional[Address] = Field(None, description="Where else")  # noqa: UP045 (as clients write it)


class Dates(BaseModel):
    """What becomes formats."""

    day: datetime.date
    at: datetime.datetime
    time: datetime.time
    span: Annotated[datetime.timedelta, Field()]
    id: UUID


class Constrained(BaseModel):
    """Bounds and patterns."""

    code: Annotated[str, Field(pattern=r"^[a-z]{2,4}$")]
    part: Annotated[float, Field(gt=0, lt=1)]
    step: Annotated[int, Field(multiple_of=5, ge=0, le=50)]
    pair: Annotated[list[Digit], Field(min_length=2, max_length=2)]
    word: Annotated[str, Field(min_length=1, max_length=5)]


class Node(BaseModel):
    """Recursion through an optional field."""

    value: Digit
    next: "Node | None" = None


class Tree(BaseModel):
    """Recursion through a list."""

    value: Digit
    children: Annotated[list["Tree"], Field(max_length=2)]


class Cat(BaseModel):
    """A tagged model."""

    kind: Literal["cat"]
    lives: Digit


class Dog(BaseModel):
    """Another one."""

    kind: Literal["dog"]
    name: Short


class Owner(BaseModel):
    """A union, told apart by a literal."""

    pet: Cat | Dog
    size: Literal["small", "large"]
    score: Literal[1, 2, 3]
    answer: bool | None


class Shelter(BaseModel):
    """A union with a discriminator, which is `oneOf`."""

    pets: Annotated[list[Annotated[Cat | Dog, Field(discriminator="kind")]], Field(max_length=2)]


class Loose(BaseModel):
    """What `strict` does not allow."""

    scores: Annotated[dict[str, Digit], Field(max_length=2)]
    pair: tuple[Digit, Short]
    maybe: Short = "x"
    ratio: Annotated[float, Field(ge=0, le=1)] = 0.5


STRICT_MODELS: dict[str, Schema] = {
    model.__name__: to_strict_json_schema(model) for model in (Person, Dates, Constrained, Node, Tree, Owner)
}
MODELS: dict[str, Schema] = {
    model.__name__: {**model.model_json_schema(), "additionalProperties": False}
    for model in (Person, Dates, Constrained, Owner, Shelter, Loose)
}
