"""A worker process and the socket to it, seen from the HTTP process. Lives once: after a crash comes a new one."""

import asyncio
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import zmq
from msgspec.structs import replace

from antiphon.engine.llama import config as configuration
from antiphon.engine.llama.config import WorkerConfig
from antiphon.engine.llama.messages import FromWorker, Hello, ToWorker, decode_from_worker, encode

STOP_GRACE_S = 5.0
SOCKET_OPTIONS = {zmq.SNDHWM: 0, zmq.RCVHWM: 0, zmq.LINGER: 0, zmq.RECONNECT_IVL: 20}


class WorkerProcess:
    """on_message is called, in the event loop, with everything the worker says."""

    def __init__(self, config: WorkerConfig, on_message: Callable[[FromWorker], None]) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="antiphon-"))  # mkdtemp makes it 0700
        self.config = replace(config, address=f"ipc://{self.folder}/worker")
        self.on_message = on_message
        self.process: asyncio.subprocess.Process | None = None
        self.socket: zmq.Socket[bytes] = zmq.Context.instance().socket(zmq.DEALER)
        for option, value in SOCKET_OPTIONS.items():
            self.socket.setsockopt(option, value)

    async def start(self) -> None:
        """Spawn it and say hello."""
        command = (sys.executable, "-m", "antiphon.engine.llama.worker")
        self.process = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.PIPE)
        assert self.process.stdin
        self.process.stdin.write(configuration.encode(self.config) + b"\n")
        self.socket.connect(self.config.address)
        asyncio.get_running_loop().add_reader(self._descriptor, self._drain)
        self.send(Hello())

    @property
    def _descriptor(self) -> int:
        """What tells of changes of the socket's state."""
        descriptor = self.socket.getsockopt(zmq.FD)
        assert isinstance(descriptor, int)
        return descriptor

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self.process
        return self.process.pid

    async def ended(self) -> int:
        """Wait for its end; returns the exit status, negative for a signal."""
        assert self.process
        return await self.process.wait()

    def send(self, message: ToWorker) -> None:
        """Queue a message; one to a worker that is gone is lost."""
        if not self.socket.closed:
            self.socket.send(encode(message))
            # ZeroMQ's descriptor tells of changes only, and sending may have swallowed one.
            asyncio.get_running_loop().call_soon(self._drain)

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
        """Let go of the socket and its folder."""
        if not self.socket.closed:
            asyncio.get_running_loop().remove_reader(self._descriptor)
            self.socket.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _drain(self) -> None:
        while not self.socket.closed:
            try:
                data = self.socket.recv(zmq.NOBLOCK)
            except zmq.Again:
                return
            self.on_message(decode_from_worker(data))
