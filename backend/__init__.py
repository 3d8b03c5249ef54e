"""Mostrador's server: a customer-support desk with an AI assistant."""
