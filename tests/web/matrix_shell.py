"""Health, figures and files."""

from tests.web.matrix import Matrix

ROUTES: Matrix = {
    ("GET", "/livez"): (None, False),
    ("GET", "/readyz"): (None, False),
    ("GET", "/metrics"): (None, False),
    ("GET", "/static/site.css"): (None, False),
    ("GET", "/static/desk.js"): (None, False),
    ("GET", "/static/icon.svg"): (None, False),
}
