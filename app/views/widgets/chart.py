"""Bars and lines with their legend, and the same figures as a table for whoever wants to read."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QLocale, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QSizePolicy,
    QStackedLayout,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from app import i18n
from app.i18n import _
from app.views import theme
from app.views.widgets.button import Button
from app.views.widgets.chart_plot import Figures, Plot, Series, nice_ceiling
from app.views.widgets.flow import flow
from app.views.widgets.layout import clear, column, row

__all__ = ["Chart", "Figures", "MonthChart", "Series", "nice_ceiling"]


class _Key(QWidget):
    """A series in the legend: its colour, as a bar or a line, and its name."""

    def __init__(self, series: Series) -> None:
        super().__init__()
        self._series = series
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._series.name) + theme.px(22), theme.px(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, side = self.height() / 2, theme.px(10)
        if self._series.is_line:
            p.setPen(QPen(theme.colour(self._series.token), 2))
            p.drawLine(0, round(middle), theme.px(12), round(middle))
        else:
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(theme.colour(self._series.token))
            p.drawRoundedRect(QRectF(0, middle - side / 2, side, side), 2, 2)
        p.setPen(theme.colour("text_muted"))
        p.setFont(theme.font("sm"))
        room = self.rect().adjusted(theme.px(17), 0, 0, 0)
        p.drawText(room, Qt.AlignmentFlag.AlignVCenter, self._series.name)


class Chart(QWidget):
    """A chart and its table: `table_button` changes between them.

    With `head` false the legend and the button are left to whoever puts the chart into a card
    that has a heading of its own.
    """

    def __init__(self, name: str, *, head: bool = True) -> None:
        super().__init__()
        self.plot, self.table = Plot(name), QTableWidget()
        self.table.setAccessibleName(name)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        self.table.setFrameShape(QFrame.Shape.NoFrame)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(theme.px(28))
        self.table_button = Button(_("See table"), icon="table-2", kind="ghost", size="sm")
        self.table_button.clicked.connect(self._change)
        legend, self._legend = flow()
        self._sides = QStackedLayout()
        for side in (self.plot, self.table):
            side.setParent(self)  # without one, Qt would show it as a window for a moment
            self._sides.addWidget(side)
        top = row((legend, 1), self.table_button, gap=8)
        inside = column(top, (self._sides, 1), gap=4) if head else column((self._sides, 1))
        if not head:
            legend.deleteLater()
        self._has_head = head
        self.setLayout(inside)
        self.setFocusProxy(self.plot)
        self.setAccessibleName(name)

    def show_figures(self, figures: Figures) -> None:
        """Show `figures` in both forms."""
        self.plot.show_figures(figures)
        self.setAccessibleDescription(self.plot.accessibleDescription())
        if self._has_head:
            clear(self._legend)
            for series in figures.series:
                self._legend.addWidget(_Key(series))
        self._fill(figures)

    def _fill(self, figures: Figures) -> None:
        self.table.setRowCount(len(figures.labels))
        self.table.setColumnCount(1 + len(figures.series))
        self.table.setHorizontalHeaderLabels(["", *(series.name for series in figures.series)])
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for n in range(1, self.table.columnCount()):
            if (heading := self.table.horizontalHeaderItem(n)) is not None:
                heading.setTextAlignment(right)
        for at in range(len(figures.labels)):
            self.table.setItem(at, 0, QTableWidgetItem(figures.label(at)))
            for n, series in enumerate(figures.series, 1):
                cell = QTableWidgetItem(figures.said(series, at))
                cell.setTextAlignment(right)
                spoken = f"{figures.label(at)}, {series.name}: {figures.said(series, at)}"
                cell.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
                self.table.setItem(at, n, cell)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)

    @property
    def shows_table(self) -> bool:
        return self._sides.currentWidget() is self.table

    def _change(self) -> None:
        self._sides.setCurrentIndex(0 if self.shows_table else 1)
        self.table_button.setText(_("See chart") if self.shows_table else _("See table"))
        self.table_button.icon_name = "chart-column" if self.shows_table else "table-2"
        self.table_button.update()
        if self.shows_table:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
            self.table.setCurrentCell(max(0, self.plot.figures.here), 0)


class MonthChart(Chart):
    """Twelve pairs of bars from January on: this year in colour, last year in grey."""

    def __init__(self, name: str, *, head: bool = False) -> None:
        super().__init__(name, head=head)

    def set_months(
        self, months: Sequence[tuple[str, float, float]], *, current: int = -1,
        say: Callable[[float], str] = str, years: tuple[str, str] | None = None,
    ) -> None:  # fmt: skip
        """Show (initial, last year, this year) per month; `say` writes an amount.

        `years` are the names of last year and of this one.
        """
        before, now = years or (_("Last year"), _("This year"))
        names = QLocale("es_ES" if i18n.language() == "es" else "en_GB")
        self.show_figures(
            Figures(
                tuple(initial for initial, _before, _now in months),
                (Series.before(before, [value for _initial, value, _now in months]),
                 Series(now, tuple(value for _initial, _before, value in months))),
                tuple(names.standaloneMonthName(n % 12 + 1) for n in range(len(months))),
                say, current,
            )
        )  # fmt: skip
