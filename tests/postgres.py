"""A PostgreSQL server of Debian's packages, for tests: on a port of its own, with data that nobody keeps."""

import os
import pwd
import random
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

MISSING = "PostgreSQL is missing: apt-get install postgresql"
PROGRAMS = ("initdb", "pg_ctl", "postgres", "psql")
DEBIAN = Path("/usr/lib/postgresql")
ADMIN = "admin"
SETTINGS = {
    "listen_addresses": "127.0.0.1", "fsync": "off", "full_page_writes": "off", "shared_buffers": "16MB",
    "max_connections": "200", "autovacuum": "off", "log_min_messages": "fatal", "deadlock_timeout": "100ms",
}  # fmt: skip
"""A crash of this machine may lose the data; one of the server may not."""
LIMIT_S = 60


class Postgres:
    """programs: the folder of its programs. folder: where data and socket are. owner: the user it runs as, None for
    ours.
    """

    def __init__(self, programs: Path, folder: Path, *, owner: str | None) -> None:
        self.programs = programs
        self.folder = folder
        self.owner = owner
        self.port = find_port()
        self.names = (f"test_{number}" for number in count())
        self.make_data()

    def make_data(self) -> None:
        """A cluster with one superuser, whom it trusts."""
        data = str(self.folder / "data")
        self.run("initdb", "-D", data, "-U", ADMIN, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        told = {**SETTINGS, "port": str(self.port), "unix_socket_directories": str(self.folder)}
        with (self.folder / "data" / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in told.items())

    def start(self) -> None:
        """Return when it takes connections."""
        self.run("pg_ctl", "start", "-w", "-s", "-D", str(self.folder / "data"), "-l", str(self.folder / "log"))

    def stop(self) -> None:
        """At once, as if it were killed: connections end, and the next start recovers what was committed."""
        self.run("pg_ctl", "stop", "-w", "-s", "-m", "immediate", "-D", str(self.folder / "data"))

    @property
    def is_running(self) -> bool:
        """Whether it has been started and not stopped."""
        return (self.folder / "data" / "postmaster.pid").exists()

    def create_database(self) -> str:
        """The URL of a new and empty database."""
        name = next(self.names)
        self.sql(f"CREATE DATABASE {name}")
        return self.url(name)

    def url(self, database: str, user: str = ADMIN) -> str:
        """Where a database is, as `--database-url` takes it."""
        return f"postgresql+asyncpg://{user}@127.0.0.1:{self.port}/{database}"

    def sql(self, statement: str, database: str = "postgres") -> str:
        """What a statement gives, one row a line."""
        where = f"host={self.folder} port={self.port} user={ADMIN} dbname={database}"
        return self.run("psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-c", statement, where)

    def run(self, program: str, *arguments: str) -> str:
        """One of its programs, as its user, without what our environment says about PostgreSQL. Its output goes to a
        file, because the server, which inherits it, never closes a pipe.
        """
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(
                [str(self.programs / program), *arguments],
                cwd=self.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=LIMIT_S,
                check=False,
                **as_user(self.owner),
            )
            output.seek(0)
            told = output.read()
        assert done.returncode == 0, f"{program} failed: {told}{self.last_log()}"
        return told.strip()

    def last_log(self) -> str:
        """What the server itself said."""
        log = self.folder / "log"
        return log.read_text()[-2000:] if log.exists() else ""


@contextmanager
def serve_postgres(programs: Path) -> Iterator[Postgres]:
    """A running server. It ends with its data, whatever happens meanwhile."""
    owner = find_owner() if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="antiphon-postgres-", dir="/tmp"))
    if owner is not None:
        shutil.chown(folder, owner)
    with tidied_up(programs, folder, owner=owner):
        server = Postgres(programs, folder, owner=owner)
        server.start()
        yield server


TIDY_UP = 'cat; "$0" stop -s -w -m immediate -D "$1/data"; rm -rf "$1"'


@contextmanager
def tidied_up(programs: Path, folder: Path, *, owner: str | None) -> Iterator[None]:
    """A process that waits for its input to end, by us or because we were killed, and then ends the server."""
    command = ["/bin/sh", "-c", TIDY_UP, str(programs / "pg_ctl"), str(folder)]
    null = subprocess.DEVNULL
    with subprocess.Popen(
        command, cwd="/", stdin=subprocess.PIPE, stdout=null, stderr=null, start_new_session=True, **as_user(owner)
    ):
        yield


def find_programs() -> Path | None:
    """The folder of PostgreSQL's programs: the one on PATH, or the newest that Debian has; None without any."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(DEBIAN.glob("*/bin"), key=lambda folder: float(folder.parent.name), reverse=True)
    return next((folder for folder in folders if all((folder / name).exists() for name in PROGRAMS)), None)


def find_owner() -> str:
    """PostgreSQL refuses to run as root."""
    users = {user.pw_name for user in pwd.getpwall()}
    return "postgres" if "postgres" in users else "nobody"


def as_user(owner: str | None) -> dict[str, object]:
    """How `subprocess` is told to be somebody else."""
    if owner is None:
        return {}
    return {"user": owner, "group": pwd.getpwnam(owner).pw_gid, "extra_groups": []}


def find_port() -> int:
    """A free port below those that connections get by themselves, so that it is still free after a stop."""
    for port in random.sample(range(20_000, 32_000), 100):
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port
    raise AssertionError("no port is free")
