"""What other sites tell us."""

from tests.web.matrix import Matrix

ROUTES: Matrix = {
    ("POST", "/webmention"): (None, False),
}
