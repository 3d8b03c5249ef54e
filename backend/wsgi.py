"""What gunicorn loads."""

from backend.app import create_app
from backend.settings import load_settings

app = create_app(load_settings())
