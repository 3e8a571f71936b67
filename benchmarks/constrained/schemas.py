"""Eight kinds of records as JSON schemas, such as programs ask for.

All keep to the strict subset: every property is required and no other is allowed. Invariant: every value is bounded in
length, so that an answer can end well before its limit, however badly the model writes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

Schema = Mapping[str, Any]

DAY = "^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$"
MINUTE = "^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T([01][0-9]|2[0-3]):[0-5][0-9]$"
MAIL = "^[a-z]{3,12}@[a-z]{3,10}[.](com|org|net)$"


@dataclass(frozen=True)
class Record:
    """A kind of record: what it is called in the request, and its schema."""

    name: str
    called: str
    schema: Schema

    def with_mark(self, mark: int) -> "Record":
        """A schema that no server has seen before: it has a field more, with one value."""
        properties = {**self.schema["properties"], "batch": choice(f"b{mark}")}
        return replace(self, schema=build_object(properties))


def build_object(properties: Mapping[str, Schema]) -> Schema:
    """An object with exactly these properties."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def text(longest: int) -> Schema:
    """Any characters, at least one."""
    return {"type": "string", "minLength": 1, "maxLength": longest}


def matching(pattern: str) -> Schema:
    """Text of a form that bounds its length."""
    return {"type": "string", "pattern": pattern}


def whole(least: int, greatest: int) -> Schema:
    """An integer within bounds, both possible."""
    return {"type": "integer", "minimum": least, "maximum": greatest}


def choice(*values: str) -> Schema:
    """One of these texts."""
    return {"type": "string", "enum": list(values)}


def many(item: Schema, fewest: int, most: int) -> Schema:
    """An array within bounds, both possible."""
    return {"type": "array", "items": item, "minItems": fewest, "maxItems": most}


YES_OR_NO: Schema = {"type": "boolean"}

PERSON = {
    "name": build_object({"first": text(16), "last": text(20)}),
    "age": whole(0, 120),
    "email": matching(MAIL),
    "occupation": choice("teacher", "nurse", "engineer", "farmer", "student", "retired"),
    "languages": many(choice("English", "Spanish", "French", "German", "Arabic", "Hindi"), 1, 3),
}
INVOICE = {
    "number": matching("^INV-[0-9]{6}$"),
    "date": matching(DAY),
    "customer": build_object({"name": text(24), "country": choice("DE", "FR", "GB", "JP", "US")}),
    "lines": many(
        build_object({"description": text(32), "quantity": whole(1, 99), "unit_price_cents": whole(1, 999_999)}), 2, 4
    ),
    "currency": choice("EUR", "GBP", "JPY", "USD"),
    "paid": YES_OR_NO,
}
EVENT = {
    "title": text(40),
    "starts": matching(MINUTE),
    "duration_minutes": whole(5, 480),
    "location": build_object({"building": text(20), "room": matching("^[A-Z][0-9]{3}$")}),
    "attendees": many(text(20), 2, 4),
    "repeats": choice("never", "daily", "weekly", "monthly"),
}
PRODUCT = {
    "sku": matching("^[A-Z]{3}-[0-9]{5}$"),
    "name": text(30),
    "category": choice("books", "clothing", "electronics", "garden", "kitchen", "toys"),
    "price_cents": whole(1, 999_999),
    "in_stock": YES_OR_NO,
    "tags": many(text(12), 2, 4),
    "size_mm": build_object({"width": whole(1, 5000), "height": whole(1, 5000), "depth": whole(1, 5000)}),
}
TICKET = {
    "id": whole(1, 999_999),
    "subject": text(60),
    "priority": choice("low", "normal", "high", "urgent"),
    "status": choice("open", "waiting", "solved", "closed"),
    "requester": build_object({"name": text(24), "email": matching(MAIL)}),
    "history": many(
        build_object({"at": matching(MINUTE), "action": choice("opened", "assigned", "answered", "reopened")}), 1, 3
    ),
}
CONTACT = {
    "name": text(30),
    "phones": many(
        build_object({"kind": choice("home", "work", "mobile"), "number": matching("^[+][0-9]{10,12}$")}), 1, 2
    ),
    "address": build_object(
        {"street": text(30), "house_number": whole(1, 999), "postcode": matching("^[0-9]{5}$"), "city": text(20)}
    ),
    "birthday": matching(DAY),
    "favourite": YES_OR_NO,
}
READING = {
    "device": matching("^[a-f0-9]{8}$"),
    "kind": choice("temperature", "humidity", "pressure", "light"),
    "unit": choice("celsius", "percent", "hectopascal", "lux"),
    "taken": matching(MINUTE),
    "samples": many(whole(-50, 1100), 4, 8),
    "battery_percent": whole(0, 100),
    "position": build_object({"floor": whole(-3, 40), "room": matching("^[A-Z][0-9]{3}$")}),
    "alarm": YES_OR_NO,
}
RECIPE = {
    "title": text(40),
    "servings": whole(1, 12),
    "minutes": whole(5, 240),
    "ingredients": many(
        build_object({"name": text(20), "amount": whole(1, 1000), "unit": choice("g", "ml", "piece", "spoon")}), 3, 5
    ),
    "steps": many(text(60), 2, 3),
    "difficulty": choice("easy", "medium", "hard"),
}

RECORDS = (
    Record("person", "a person", build_object(PERSON)),
    Record("invoice", "an invoice", build_object(INVOICE)),
    Record("event", "an event in a calendar", build_object(EVENT)),
    Record("product", "a product of a shop", build_object(PRODUCT)),
    Record("ticket", "a support ticket", build_object(TICKET)),
    Record("contact", "an entry of an address book", build_object(CONTACT)),
    Record("reading", "a reading of a sensor", build_object(READING)),
    Record("recipe", "a recipe", build_object(RECIPE)),
)
