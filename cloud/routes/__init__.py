"""The routes, by noun. cloud/access.py says who may use which."""

from cloud.routes import (
    alerts,
    events,
    health,
    login,
    messages,
    mothers,
    organisations,
    pages,
    receipts,
    recordings,
)

ROUTERS = (
    health.router,
    login.router,
    pages.router,
    recordings.router,
    alerts.router,
    mothers.router,
    organisations.router,
    messages.router,
    receipts.router,
    events.router,
)
