"""A screen of its own for the real program: Xvfb, a window manager, and hands to use it with.

Nothing here is faked: keys and mouse come through the X server as a person's do, and what is seen
is read from the screen's pixels, the windows' titles and the clipboard.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageChops, ImageGrab

NEEDED = ("Xvfb", "openbox", "xdotool", "xclip")
SCREEN = "1440x900x24"
_PATIENCE = 30.0
_MOVING = 600
"""So many pixels change while a cursor blinks; more means that something is still being drawn."""

Box = tuple[int, int, int, int]


def missing() -> str:
    """Return which of the programs are not installed, or an empty string."""
    return "、".join(name for name in NEEDED if shutil.which(name) is None)


def until(holds: Callable[[], object], what: str, seconds: float = _PATIENCE) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"it did not come about: {what}"
        time.sleep(0.05)


class RealScreen:
    """One X server with a window manager; ``start`` starts programs on it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._children: list[subprocess.Popen[bytes]] = []
        self.environment: dict[str, str] = {}

    # --- starting and ending --------------------------------------------------------------------

    def open(self) -> None:
        """Start the server on a free number, then the window manager."""
        number, told = os.pipe()
        server = ["Xvfb", "-displayfd", str(told), "-screen", "0", SCREEN, "-nolisten", "tcp"]
        self._spawn(server, pass_fds=(told,))
        os.close(told)
        with os.fdopen(number) as answer:
            display = answer.readline().strip()
        assert display, "Xvfb did not start"
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("QT_", "XDG_", "WAYLAND"))
        }
        self.environment = {
            **kept,
            "DISPLAY": f":{display}",
            "QT_QPA_PLATFORM": "xcb",
            "LANG": "C.UTF-8",
            "HOME": str(self._folder),
        }
        self._spawn(["openbox"])
        until(lambda: self._ask("xdotool", "get_num_desktops"), "the window manager is there")

    def close(self) -> None:
        """End everything that was started here, the server last."""
        for child in reversed(self._children):
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
            child.wait(timeout=10)

    def start(self, command: list[str], extra: Mapping[str, str]) -> subprocess.Popen[bytes]:
        """Start a program on this screen."""
        return self._spawn(command, extra)

    def _spawn(
        self,
        command: list[str],
        extra: Mapping[str, str] | None = None,
        pass_fds: tuple[int, ...] = (),
    ) -> subprocess.Popen[bytes]:
        # However the test run ends, the kernel ends this child with it.
        tied = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
        log = (self._folder / f"{Path(command[0]).name}-{len(self._children)}.log").open("wb")
        with log:
            child = subprocess.Popen(
                [*tied, *command],
                env={**(self.environment or os.environ), **(extra or {})},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=pass_fds,
            )
        self._children.append(child)
        return child

    # --- hands ----------------------------------------------------------------------------------

    def key(self, *names: str) -> None:
        """Press keys one after the other, such as ``ctrl+n``."""
        self._ask("xdotool", "key", "--clearmodifiers", "--delay", "30", *names)

    def type(self, text: str) -> None:
        """Type ASCII; anything else comes through the clipboard (``paste``)."""
        assert text.isascii()
        self._ask("xdotool", "type", "--clearmodifiers", "--delay", "20", text)

    def paste(self, text: str) -> None:
        """Put a text on the clipboard and press Ctrl+V."""
        subprocess.run(
            ["xclip", "-selection", "clipboard", "-in"],
            input=text.encode(),
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
            timeout=10,
        )
        until(lambda: self.clipboard() == text, "the clipboard holds the text")
        self.key("ctrl+v")

    def click(self, window: str, x: int, y: int) -> None:
        """Click at a place of a window; from its right or lower edge if negative."""
        _, _, width, height = self.place(window)
        at = x if x >= 0 else width + x, y if y >= 0 else height + y
        self._ask("xdotool", "mousemove", "--window", window, str(at[0]), str(at[1]), "click", "1")

    def ask(self, *words: str) -> str:
        """Return what xdotool answers, or an empty string if it refuses."""
        return self._ask("xdotool", *words)

    # --- eyes -----------------------------------------------------------------------------------

    def window(self, title: str) -> str:
        """Return the id of the visible window whose title holds these words, or nothing."""
        for found in self._ask("xdotool", "search", "--onlyvisible", "--name", ".").split():
            if title in self.title(found):
                return found
        return ""

    def title(self, window: str) -> str:
        """Return a window's title."""
        return self._ask("xdotool", "getwindowname", window)

    def active(self) -> str:
        """Return the id of the window that has the keyboard."""
        return self._ask("xdotool", "getactivewindow")

    def place(self, window: str) -> Box:
        """Return left, top, width and height of a window."""
        told = self._ask("xdotool", "getwindowgeometry", "--shell", window)
        found = dict(line.split("=") for line in told.splitlines() if "=" in line)
        return int(found["X"]), int(found["Y"]), int(found["WIDTH"]), int(found["HEIGHT"])

    def clipboard(self) -> str:
        """Return the text on the clipboard."""
        return self._ask("xclip", "-selection", "clipboard", "-out", "-target", "UTF8_STRING")

    def picture(self) -> Image.Image:
        """Return what is on the screen."""
        return ImageGrab.grab(xdisplay=self.environment["DISPLAY"])

    def shows(self, window: str, color: str, box: Box, least: int = 60) -> bool:
        """Whether a part of a window holds so many pixels of a colour (``#RRGGBB``)."""
        left, top, _, _ = self.place(window)
        part = self.picture().crop((left + box[0], top + box[1], left + box[2], top + box[3]))
        wanted = tuple(int(color[at : at + 2], 16) for at in (1, 3, 5))
        counted = part.getcolors(maxcolors=part.width * part.height) or []
        return sum(count for count, found in counted if found == wanted) >= least

    def settle(self) -> None:
        """Wait until nothing moves on the screen but a cursor."""
        before = self.picture()

        def still() -> bool:
            nonlocal before
            time.sleep(0.12)
            now = self.picture()
            moved = ImageChops.difference(before, now).convert("L").point(bool)
            before = now
            return sum(moved.histogram()[1:]) < _MOVING

        until(still, "the screen comes to rest")

    def _ask(self, *command: str) -> str:
        done = subprocess.run(
            list(command),
            env=self.environment,
            capture_output=True,
            check=False,
            timeout=20,
        )
        return done.stdout.decode("utf-8", "replace").strip("\n") if done.returncode == 0 else ""


@contextmanager
def real_screen(folder: Path) -> Iterator[RealScreen]:
    """Open a screen and end everything on it, whatever happens."""
    screen = RealScreen(folder)
    try:
        screen.open()
        yield screen
    finally:
        screen.close()
