"""The routes, by noun. cloud/access.py says who may use which."""

from cloud.routes import alerts, events, health, login, pages, recordings

ROUTERS = (
    health.router,
    login.router,
    pages.router,
    recordings.router,
    alerts.router,
    events.router,
)
