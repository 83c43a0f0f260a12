"""Pictures that are committed: `python -m tests.screens` draws each screen of docs/screens.md,
`python -m tests.screens icons` the icons of the app."""
