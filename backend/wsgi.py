"""The module that gunicorn loads."""

import logging

from backend.app import create_app
from backend.settings import load_settings

# As gunicorn words its own.
logging.basicConfig(
    format="[%(asctime)s] [%(process)d] [%(levelname)s] %(message)s",
    datefmt="%Y-%m-%d %H:%M:%S %z",
)

app = create_app(load_settings())
