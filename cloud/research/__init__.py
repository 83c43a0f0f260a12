"""The research commands: analyse, draw, train and evaluate on recordings in files."""
