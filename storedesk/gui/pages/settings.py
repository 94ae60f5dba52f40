"""设置: who works here, how the window looks, and the doors to 门店设置."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from storedesk import __version__
from storedesk.gui.editors import ComboEditor
from storedesk.gui.page import Page, scrolling
from storedesk.gui.pages.key_card import KeyCard
from storedesk.gui.places import SETTINGS_LEDGERS, STORE_SETTINGS, Place
from storedesk.gui.session import Session
from storedesk.gui.texts import tr
from storedesk.gui.theme import theme
from storedesk.gui.tokens import TEXT_SIZES, Look
from storedesk.gui.widgets.buttons import Segments, button
from storedesk.gui.widgets.cards import Card, page_title
from storedesk.gui.widgets.flow import flow_box
from storedesk.gui.widgets.labels import label

_WIDEST = 760
_LOOKS = {Look.LIGHT: "浅色", Look.DARK: "深色", Look.SYSTEM: "跟随系统"}


class SettingsPage(Page):
    """What belongs to this person and PC; the store's own settings are ledgers."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, tr("设置"))

    def build(self) -> Iterator[None]:
        """Make the cards."""
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        body = QWidget()
        outer.addWidget(scrolling(body))
        column = QVBoxLayout(body)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(16)
        head, _, _ = page_title(tr("设置"), tr("外观和姓名只在这台电脑上有效"))
        column.addLayout(head)
        yield
        self._keys = KeyCard(self.session)
        for make in (self._person, self._look, self._store, lambda: self._keys, self._about):
            card = make()
            card.setMaximumWidth(_WIDEST)
            column.addWidget(card)
            yield
        column.addStretch()
        self.reload()

    def reload(self) -> None:
        """Show the staff as they are now."""
        names = ("", *self.session.facts.staff)
        self.me.combo.clear()
        self.me.combo.addItems(names)
        self.me.set_text(self.session.me)
        self._keys.reload()

    def _person(self) -> Card:
        self.me = ComboEditor(())
        self.me.set_name(tr("我是"), "")
        self.me.edited.connect(lambda: self.session.set_me(self.me.text()))
        return _card(
            tr("我是"),
            tr("登记时记在您名下。名单在《门店设置》的「员工」里。"),
            self.me.widget,
        )

    def _look(self) -> Card:
        self.looks = Segments(
            [tr(name) for name in _LOOKS.values()], tr(_LOOKS[theme().look]), tr("外观")
        )
        self.looks.chosen.connect(self._choose_look)
        sizes = [f"{size:.0%}" for size in TEXT_SIZES]
        self.sizes = Segments(sizes, f"{theme().scale:.0%}", tr("文字大小"))
        self.sizes.chosen.connect(self._choose_size)
        return _card(tr("外观"), tr("文字看不清就放大。"), self.looks, self.sizes)

    def _store(self) -> Card:
        facts = self.session.facts
        doors = [
            button(facts.forms[ledger].label, self._door(ledger))
            for ledger in facts.kept(SETTINGS_LEDGERS)
        ]
        return _card(
            tr("门店设置"),
            tr("员工、规则、选项和日历都在《门店设置.xlsx》里，在这里改和在 Excel 里改一样。"),
            *doors,
        )

    def _about(self) -> Card:
        folder = self.session.facts.folder
        line = tr("店务台 {version} · 门店文件夹 {folder}")
        return _card(
            tr("关于"),
            line.format(version=__version__, folder=folder),
            button(
                tr("打开门店文件夹"),
                lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))),
                icon_name="folder-open",
            ),
        )

    def _door(self, ledger: str) -> Callable[[], None]:
        return lambda: self.session.open(Place(STORE_SETTINGS, ledger))

    def _choose_look(self, name: str) -> None:
        look = next(look for look, words in _LOOKS.items() if tr(words) == name)
        self.session.preferences.set_look(look)
        theme().apply(_application(), look)

    def _choose_size(self, name: str) -> None:
        size = next(size for size in TEXT_SIZES if f"{size:.0%}" == name)
        self.session.preferences.set_text_size(size)
        theme().apply(_application(), scale=size)


def _application() -> QApplication:
    app = QApplication.instance()
    assert isinstance(app, QApplication)  # noqa: S101  # there is a window
    return app


def _card(title: str, hint: str, *controls: QWidget) -> Card:
    card = Card(title)
    card.body.setContentsMargins(0, 0, 0, 16)
    words = label(hint, "sub", wrap=True)
    words.setContentsMargins(16, 0, 16, 12)
    card.body.addWidget(words)
    box, flow = flow_box(12)
    for control in controls:
        flow.addWidget(control)
    holder = QHBoxLayout()
    holder.setContentsMargins(16, 0, 16, 0)
    holder.addWidget(box)
    card.body.addLayout(holder)
    return card
