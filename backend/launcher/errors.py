"""Errors that stop Mostrador: one line on standard error, and an exit code."""

from __future__ import annotations

import click


class CannotStart(click.ClickException):
    exit_code = 2  # as for a wrong command line


class ApplicationStopped(click.ClickException):
    """A process ended unexpectedly."""

    exit_code = 1
