"""Which stored completions a list has, as SQL. One filter is read off in order; the others are looked up for each.

Which filter is read off decides the cost: it is the one that the fewest completions have.
"""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import BigInteger, ColumnElement, Exists, Select, and_, exists, func, literal, select, tuple_
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from antiphon.store.record import Entry, Position, Term
from antiphon.store.tables import completions, terms

Rows = Select[*tuple[Any, ...]]
Columns = ReadOnlyColumnCollection[str, Any]

MOST_COUNTED = 2000
"""Filters that more completions have are all called frequent."""
ENTRY = tuple(completions.c[name] for name in Entry.__struct_fields__)


class Query(Struct, frozen=True, kw_only=True):
    """A page of a list. terms: all must match. after: where the page before ended. limit: entries at most."""

    project: str
    terms: tuple[Term, ...] = ()
    after: Position | None = None
    limit: int = 20
    descending: bool = False


def count_terms(query: Query) -> Rows:
    """How many completions have each filter, as far as it is worth counting."""
    return select(
        *(
            select(func.count())
            .select_from(select(literal(1)).where(*postings(query, term)).limit(MOST_COUNTED).subquery())
            .scalar_subquery()
            for term in query.terms
        )
    )


def select_page(query: Query, columns: Sequence[ColumnElement[Any]] = ENTRY) -> Rows:
    """The page's entries and one more, if there is one. The first filter is read off."""
    if not query.terms:
        rows = select(*columns).where(completions.c.project == query.project, *beyond(query, completions.c))
        return rows.order_by(*in_order(query, completions.c)).limit(query.limit + 1)
    first, *others = query.terms
    found = select(terms.c.created, terms.c.id).where(*postings(query, first))
    found = found.where(*(has(query, term) for term in others))
    page = found.order_by(*in_order(query, terms.c)).limit(query.limit + 1).subquery("page")
    here = and_(completions.c.project == query.project, completions.c.id == page.c.id)
    return select(*columns).select_from(page.join(completions, here)).order_by(*in_order(query, page.c))


def select_projects() -> Select[str]:
    """All projects that have completions, in order, each found by its place in the index behind the one before."""
    first = select(func.min(completions.c.project).label("project")).cte("projects", recursive=True)
    after = select(func.min(completions.c.project)).where(completions.c.project > first.c.project).scalar_subquery()
    every = first.union_all(select(after).where(first.c.project.is_not(None)))
    return select(every.c.project).where(every.c.project.is_not(None))


def postings(query: Query, term: Term) -> list[ColumnElement[bool]]:
    """The completions of a filter, beyond the page before."""
    return [
        terms.c.project == query.project,
        terms.c.field == term.field,
        terms.c.value == term.value,
        *beyond(query, terms.c),
    ]


def has(query: Query, term: Term) -> Exists:
    """Whether a completion found by one filter has another too. The offset keeps PostgreSQL from reading all that
    have it instead.
    """
    other = terms.alias()
    same = (other.c.created == terms.c.created, other.c.id == terms.c.id)
    this = (other.c.project == query.project, other.c.field == term.field, other.c.value == term.value)
    return exists(select(literal(1)).where(*this, *same).correlate(terms).offset(0))


def beyond(query: Query, columns: Columns) -> list[ColumnElement[bool]]:
    """What comes after the page before."""
    if query.after is None:
        return []
    here, there = tuple_(columns.created, columns.id), tuple_(literal(query.after.created, BigInteger), query.after.id)
    return [here < there if query.descending else here > there]


def in_order(query: Query, columns: Columns) -> list[ColumnElement[Any]]:
    """By time, then by id."""
    both = (columns.created, columns.id)
    return [column.desc() if query.descending else column.asc() for column in both]
