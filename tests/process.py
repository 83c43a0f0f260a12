"""Processes for the tests are those of the drill."""

from cloud.drill.process import Missing, Process, Server, free_port, listening, program, wait_until

__all__ = ["Missing", "Process", "Server", "free_port", "listening", "program", "wait_until"]
