"""How the tables came to be, step by step; cloud.store.db.migrate() walks it."""
