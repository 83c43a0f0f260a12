"""The routes, by noun. cloud/access.py says who may use which."""

from cloud.routes import (
    alerts,
    events,
    green,
    health,
    login,
    messages,
    mothers,
    organisations,
    pages,
    readings,
    receipts,
    recordings,
    referrals,
    tasks,
)

ROUTERS = (
    health.router,
    login.router,
    pages.router,
    recordings.router,
    readings.router,
    alerts.router,
    tasks.router,
    green.router,
    referrals.router,
    mothers.router,
    organisations.router,
    messages.router,
    receipts.router,
    events.router,
)
