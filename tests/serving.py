"""The real central server for a test: uvicorn in a thread, over real HTTP on a free port."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import uvicorn

from app.server import accounts, api, devices
from app.server.settings import Settings
from app.server.store import Store


class Serving:
    """A running server; `stop` and `start` are what a rep's loss of coverage is to the laptop.

    `url` stays the same when it is started again.
    """

    def __init__(self, store: Store, folder: Path) -> None:
        self.store, self.folder, self.port = store, folder, 0
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        # TCP said outright, as the server's own command does: asyncio then sends at once
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen(64)  # whoever comes before the first answer waits for it
        self.port = listener.getsockname()[1]
        settings = Settings(str(self.store.url), self.folder)
        config = uvicorn.Config(
            api.create(self.store, settings),
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=2,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [listener]}, name="server"
        )
        self._thread.start()

    def stop(self) -> None:
        if self._server is None or self._thread is None:
            return
        self._server.should_exit = True
        self._thread.join(timeout=20)
        assert not self._thread.is_alive(), "the server does not end"
        self._server = self._thread = None

    def company(self, name: str = "Bodega Ejemplo") -> str:
        """Make a company; return its tenant's id."""
        return accounts.add_company(self.store, name)

    def user(self, tenant_id: str, name: str = "Ana Ruiz", *, role: str = "rep", **more) -> str:
        return accounts.add_user(self.store, tenant_id, name, role=role, **more)

    def code(self, tenant_id: str, user_id: str) -> str:
        """Return a one-time code for a device of this user."""
        return devices.new_code(self.store, tenant_id, user_id)


@contextmanager
def serving(folder: Path, url: str = "") -> Iterator[Serving]:
    """Run a server whose files are in `folder`; its records too, unless `url` is given."""
    folder.mkdir(parents=True, exist_ok=True)
    with closing(Store(url or str(folder / "server.sqlite"))) as store:
        server = Serving(store, folder / "files")
        server.start()
        try:
            yield server
        finally:
            server.stop()
