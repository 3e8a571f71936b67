"""A worker process and the socket to it, seen from the HTTP process. Lives once: after a crash comes a new one."""

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
from antiphon.engine.llama.frames import FrameReader, build_frame
from antiphon.engine.llama.messages import FromWorker, ToWorker, decode_from_worker, encode

STOP_GRACE_S = 5.0
CONNECT_INTERVAL_S = 0.02


class WorkerProcess:
    """on_message is called, in the event loop, with everything the worker says."""

    def __init__(self, config: WorkerConfig, on_message: Callable[[FromWorker], None]) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="antiphon-"))  # mkdtemp makes it 0700
        self.config = replace(config, socket_path=str(self.folder / "worker"))
        self.on_message = on_message
        self.process: asyncio.subprocess.Process | None = None
        self.line: asyncio.WriteTransport | None = None

    async def start(self) -> None:
        """Spawn it and connect; returns also when it has ended before it could listen."""
        command = (sys.executable, "-m", "antiphon.engine.llama.worker")
        self.process = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.PIPE)
        assert self.process.stdin
        self.process.stdin.write(configuration.encode(self.config) + b"\n")
        while self.line is None and self.process.returncode is None:
            try:
                await self._connect()
            except (FileNotFoundError, ConnectionRefusedError):  # it does not listen yet
                await asyncio.sleep(CONNECT_INTERVAL_S)

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        self.line, _ = await loop.create_unix_connection(lambda: WorkerLine(self.on_message), self.config.socket_path)

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

    def send(self, message: ToWorker) -> None:
        """Queue a message; one to a worker that is gone is lost."""
        if self.line and not self.line.is_closing():
            self.line.write(build_frame(encode(message)))

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
        if self.line:
            self.line.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class WorkerLine(asyncio.Protocol):
    """Bytes from the worker to messages."""

    def __init__(self, on_message: Callable[[FromWorker], None]) -> None:
        self.on_message = on_message
        self.reader = FrameReader()

    def data_received(self, data: bytes) -> None:
        """asyncio calls this."""
        for message in self.reader.feed(data):
            self.on_message(decode_from_worker(message))
