"""Every mapped class in one place, so that nobody opens a database with half of its tables."""

from __future__ import annotations

from app.models.account import Account, Contact, Segment, Site
from app.models.activity import Activity, VisitReport
from app.models.base import Base, Synced
from app.models.change import Change, Command
from app.models.document import Document
from app.models.expense import Expense, ExpenseReport, TravelRate
from app.models.history import Invoice, InvoiceLine, Receivable
from app.models.journal import Operation
from app.models.list_view import ListView
from app.models.opened import Opened
from app.models.product import Family, PriceList, PriceListLine, Product, TaxRate
from app.models.quote import Clause, Quote, QuoteLine, Signature
from app.models.route import RoutePlan, RouteStop, WorkingHours
from app.models.sync_state import (
    Conflict,
    Draft,
    FileQueueEntry,
    InboxEntry,
    ParkedOperation,
    Recovery,
    RootState,
    RowMeta,
    SyncRun,
    SyncState,
)
from app.models.team import Company, Team, User

# In an order in which parents come before their children.
SYNCED: tuple[type[Synced], ...] = (
    Company, Team, User, WorkingHours, Segment, Family, TaxRate, TravelRate, Product, PriceList,
    PriceListLine, Account, Site, Contact, Activity, VisitReport, Quote, QuoteLine, Clause,
    Signature, RoutePlan, RouteStop, ExpenseReport, Expense, Document, Invoice, InvoiceLine,
    Receivable, Conflict, ParkedOperation,
)  # fmt: skip

LOCAL: tuple[type[Base], ...] = (
    Operation, SyncState, RowMeta, InboxEntry, RootState, FileQueueEntry, Recovery, SyncRun, Draft,
    Command, Change, Opened, ListView,
)  # fmt: skip
