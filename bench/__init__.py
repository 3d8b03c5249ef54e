"""Measures Mostrador as `make run` serves it: `make bench MESSAGES=messages.csv`."""
