"""What people ask for: invoices, events, tickets."""

from tests.schemas.case import Schema, closed, list_of, optional, text, whole

DATE: Schema = {"type": "string", "format": "date"}
MONEY: Schema = {"type": "number", "minimum": 0, "maximum": 9999.99, "multipleOf": 0.01}
CURRENCY: Schema = {"type": "string", "enum": ["EUR", "USD", "GBP"]}


def choice(*values: str) -> Schema:
    """One of these words."""
    return {"type": "string", "enum": [*values]}


RECORDS: dict[str, Schema] = {
    "invoice": closed({
        "number": {"type": "string", "pattern": "^INV-[0-9]{4}$"}, "date": DATE, "currency": CURRENCY,
        "lines": list_of(closed({"item": text(10), "quantity": whole(1, 99), "price": MONEY}), 2, minItems=1),
    }),
    "calendar event": closed({
        "title": text(15), "start": {"type": "string", "format": "date-time"},
        "minutes": {"type": "integer", "minimum": 5, "maximum": 480, "multipleOf": 5},
        "attendees": list_of({"type": "string", "format": "email", "maxLength": 25}, 2),
    }),
    "recipe": closed({
        "name": text(15), "servings": whole(1, 12), "vegan": {"type": "boolean"},
        "ingredients": list_of(closed({"what": text(8), "grams": whole(1, 999)}), 2), "steps": list_of(text(15), 2),
    }),
    "ticket": closed({
        "id": {"type": "string", "pattern": "^[A-Z]{2,4}-[0-9]{1,4}$"}, "priority": choice("low", "medium", "high"),
        "status": choice(
            "open", "closed",
        ), "assignee": {"anyOf": [text(8), {"type": "null"}]}, "labels": list_of(text(6), 2),
    }),
    "product": closed({
        "sku": {"type": "string", "pattern": "^[A-Z0-9]{6}$"}, "name": text(12), "price": MONEY,
        "stock": {
            "type": ["integer", "null"], "minimum": 0, "maximum": 999,
        }, "colours": list_of(choice("red", "blue"), 2),
    }),
    "person": closed({
        "name": closed({"first": text(8), "last": text(8)}), "age": {"type": "integer", "minimum": 0, "maximum": 130},
        "email": {"type": ["string", "null"], "format": "email", "maxLength": 25},
    }),
    "sentiment": closed({
        "label": choice("positive", "neutral", "negative"),
        "score": {"type": "number", "minimum": 0, "maximum": 1},
    }),
    "weather call": closed({
        "location": text(12), "unit": {"type": ["string", "null"], "enum": ["celsius", "fahrenheit", None]},
    }),
    "mathematics": closed({
        "steps": list_of(closed({"explanation": text(15), "output": text(10)}), 2), "final_answer": text(10),
    }),
    "question": closed({
        "question": text(20), "options": list_of(text(6), 4, minItems=4),
        "answer": {"type": "integer", "enum": [0, 1, 2, 3]},
    }),
    "address": closed({
        "street": text(12), "zip": {"type": "string", "pattern": r"^\d{5}$"}, "country": choice("DE", "FR", "IT"),
    }),
    "flight": closed({
        "number": {
            "type": "string", "pattern": "^[A-Z]{2}[0-9]{1,4}$",
        }, "from": {"type": "string", "pattern": "^[A-Z]{3}$"},
        "departs": {
            "type": "string", "format": "time",
        }, "seats": list_of({"type": "string", "pattern": "^[1-9][0-9]?[A-F]$"}, 2),
    }),
    "server": closed({
        "host": {"type": "string", "format": "hostname", "maxLength": 20},
        "ip": {"type": "string", "format": "ipv4"}, "port": whole(1, 65535),
    }),
    "moderation": closed({"flagged": {"type": "boolean"}, "categories": list_of(choice("spam", "hate", "none"), 2)}),
    "colour": closed({
        "hex": {"type": "string", "pattern": "^#[0-9a-f]{6}$"},
        "alpha": {"type": "number", "minimum": 0, "maximum": 1, "multipleOf": 0.1},
    }),
    "entities": closed({
        "entities": list_of(closed({"text": text(8), "type": choice("PER", "ORG", "LOC"), "start": whole(0, 99)}), 2),
    }),
    "session": closed({
        "id": {"type": "string", "format": "uuid"}, "created": {"type": "string", "format": "date-time"},
        "ttl": {"type": "string", "format": "duration", "maxLength": 12},
    }),
    "actions": closed({"actions": list_of({"anyOf": [
        closed({"do": {"type": "string", "const": "click"}, "x": whole(), "y": whole()}),
        closed({"do": {"type": "string", "const": "type"}, "text": text(8)}),
        closed({"do": {"type": "string", "const": "wait"}}),
    ]}, 2, minItems=1)}),
}  # fmt: skip
LOOSE_RECORDS: dict[str, Schema] = {
    "settings": optional({"theme": choice("dark", "light"), "size": whole(8, 32), "beta": {"type": "boolean"}}),
    "translations": {
        "type": "object", "patternProperties": {"^[a-z]{2}$": text(10)}, "additionalProperties": False,
        "minProperties": 1, "maxProperties": 2,
    },
    "shape": {"oneOf": [
        closed({"kind": {"const": "circle"}, "r": {"type": "number", "exclusiveMinimum": 0, "maximum": 9}}),
        closed({"kind": {"const": "box"}, "w": whole(1, 9), "h": whole(1, 9)}),
    ]},
    "geo": closed({"type": {"const": "Point"}, "coordinates": {"type": "array", "prefixItems": [
        {"type": "number", "minimum": -180, "maximum": 180}, {"type": "number", "minimum": -90, "maximum": 90},
    ], "items": False, "minItems": 2}}),
    "employee": {"allOf": [
        {"type": "object", "properties": {"name": text(8)}, "required": ["name"]},
        {"type": "object", "properties": {"salary": whole(1000, 9000)}, "required": ["salary"], "maxProperties": 2},
    ]},
    "openapi pet": {
        "type": "object",
        "properties": {
            "id": {"type": "integer", "format": "int64", "minimum": 0, "maximum": 999}, "name": text(8),
            "tag": text(5),
        },
        "required": ["id", "name"], "additionalProperties": False, "xml": {"name": "Pet"}, "example": {"id": 1},
    },
}  # fmt: skip
