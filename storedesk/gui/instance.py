"""One window per desk: a second start brings the first one to the front and ends.

Two programs on one desk would be safe (the mirror and the lock files see to that); two windows
would only confuse people.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

_PATIENCE_MS = 500
_SHOW = b"show\n"


class OneInstance(QObject):
    """Holds a local socket named after the desk.

    Signals:
        shown: another start asks for the window.
    """

    shown = Signal()

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._name = f"storedesk-{sha256(str(folder.resolve()).encode()).hexdigest()[:16]}"
        self._server: QLocalServer | None = None

    def claim(self) -> bool:
        """Become the one instance; False if another is, which then shows its window."""
        if self._ask_other():
            return False
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._answer)
        if not self._server.listen(self._name):
            # A crash left the socket file behind; nobody answered, so nobody owns it.
            QLocalServer.removeServer(self._name)
            self._server.listen(self._name)
        return True

    def release(self) -> None:
        """Let another start be the one."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def _ask_other(self) -> bool:
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(_PATIENCE_MS):
            return False
        socket.write(_SHOW)
        socket.waitForBytesWritten(_PATIENCE_MS)
        socket.disconnectFromServer()
        return True

    def _answer(self) -> None:
        while self._server is not None:
            socket = self._server.nextPendingConnection()
            if socket is None:
                return
            socket.disconnected.connect(socket.deleteLater)
            self.shown.emit()
