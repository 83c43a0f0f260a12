"""The service: ingest, store, monitor, routing, notification, pages."""
