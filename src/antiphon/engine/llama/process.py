"""A worker process, seen from the one that started it. Lives once: after a crash comes a new one."""

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace

from antiphon.engine.llama import config as configuration
from antiphon.engine.llama.config import WorkerConfig
from antiphon.engine.llama.line import Line, News

STOP_GRACE_S = 5.0
CONNECT_INTERVAL_S = 0.02


class WorkerProcess:
    """on_news is called, in the event loop, with everything the worker says of itself."""

    def __init__(self, config: WorkerConfig, on_news: Callable[[News], None]) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="antiphon-"))  # mkdtemp makes it 0700
        self.config = replace(config, socket_path=str(self.folder / "worker"))
        self.line = Line(on_news)
        self.process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Spawn it and connect; returns also when it has ended before it could listen."""
        command = (sys.executable, "-m", "antiphon.engine.llama.worker")
        self.process = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.PIPE)
        assert self.process.stdin
        self.process.stdin.write(configuration.encode(self.config) + b"\n")
        while self.process.returncode is None:
            try:
                return await self.line.connect(self.config.socket_path)
            except (FileNotFoundError, ConnectionRefusedError):  # it does not listen yet
                await asyncio.sleep(CONNECT_INTERVAL_S)

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self.process
        return self.process.pid

    @property
    def memory_bytes(self) -> int | None:
        """Its resident set; None when it has ended, or where the kernel does not tell (not Linux)."""
        try:
            resident = Path(f"/proc/{self.pid}/statm").read_text().split()[1]
        except (OSError, IndexError):
            return None
        return int(resident) * os.sysconf("SC_PAGE_SIZE")

    async def ended(self) -> int:
        """Wait for its end; returns the exit status, negative for a signal."""
        assert self.process
        return await self.process.wait()

    async def stop(self) -> None:
        """Close its line of life; kill it when it does not end by itself."""
        if self.process and self.process.returncode is None:
            assert self.process.stdin
            self.process.stdin.close()
            try:
                await asyncio.wait_for(self.process.wait(), STOP_GRACE_S)
            except TimeoutError:
                self.process.kill()
                await self.process.wait()
        self.close()

    def close(self) -> None:
        """Let go of the connection and its folder."""
        self.line.close()
        shutil.rmtree(self.folder, ignore_errors=True)
