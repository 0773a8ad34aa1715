"""The working calendar (工作日历): which days and hours are worked, and when time is up."""

from services.reference.calendar.days import Days
from services.reference.calendar.loading import load_calendar
from services.reference.calendar.working import BEIJING, NeverDue, WorkCalendar

__all__ = ["BEIJING", "Days", "NeverDue", "WorkCalendar", "load_calendar"]
