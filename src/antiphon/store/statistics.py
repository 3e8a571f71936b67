"""What a store holds, in numbers."""

from msgspec import Struct
from sqlalchemy import func, select, text

from antiphon.store.database import Database
from antiphon.store.tables import blobs, completions


class ProjectStatistics(Struct, frozen=True, kw_only=True):
    """Of one project. first, last: when its oldest and newest completion was created, in Unix seconds. blob_bytes:
    what its large inputs take.
    """

    project: str
    num_completions: int
    first: int
    last: int
    num_blobs: int
    blob_bytes: int


class Statistics(Struct, frozen=True, kw_only=True):
    """Of all projects. database_bytes: what the database takes on its disk."""

    projects: tuple[ProjectStatistics, ...]
    database_bytes: int


async def compute_statistics(database: Database) -> Statistics:
    """Count everything. Raises `StoreUnavailable`."""
    created = completions.c.created
    counted = select(completions.c.project, func.count(), func.min(created), func.max(created))
    large = select(blobs.c.project, func.count(), func.sum(func.length(blobs.c.data))).group_by(blobs.c.project)
    size = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    if not database.is_sqlite:
        size = "SELECT pg_database_size(current_database())"
    async with database.read() as connection:
        sizes = {project: (int(number), int(total)) for project, number, total in await connection.execute(large)}
        rows = (await connection.execute(counted.group_by(completions.c.project).order_by(completions.c.project))).all()
        taken = (await connection.execute(text(size))).scalar_one()
    projects = (
        ProjectStatistics(
            project=project,
            num_completions=number,
            first=first,
            last=last,
            num_blobs=sizes.get(project, (0, 0))[0],
            blob_bytes=sizes.get(project, (0, 0))[1],
        )
        for project, number, first, last in rows
    )
    return Statistics(projects=tuple(projects), database_bytes=int(taken))
