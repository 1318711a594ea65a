"""The sheet of a day's route, written beside the data and opened in the desktop's own program."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import UserError
from app.i18n import _
from app.services.route_sheet import sheet

if TYPE_CHECKING:
    from app.documents.route_pdf import RouteDocument
    from app.views.widgets.page import Page


def print_route(page: Page, day: date, done: Callable[[Path], None]) -> None:
    """Write the route sheet of `day` off the GUI thread and give its path to `done`."""
    folder = page.desk.settings.path.parent / "documents"

    def drawn(document: RouteDocument | None) -> None:
        if document is not None:
            page.desk.tasks.run(page, _write, done, document, folder, day)

    page.desk.tasks.read(page, sheet, drawn, day)


def _write(document: RouteDocument, folder: Path, day: date) -> Path:
    from app.documents import route_pdf  # reportlab takes a moment, and not at every start

    path = folder / f"{_('route')}-{day.isoformat()}.pdf"
    content = route_pdf.render(document)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise UserError(
            _("The route sheet could not be written."),
            _("If it is open in another program, close it there, and check the free space."),
        ) from error
    return path
