"""The pages of officers without Telegram."""

from tests.web.matrix import Matrix

ROUTES: Matrix = {
    ("GET", "/o/{token}"): (None, False),
    ("GET", "/o/{token}/stop"): (None, False),
    ("GET", "/o/{token}/picture"): (None, False),
    ("POST", "/o/{token}/answer"): (None, False),
    ("POST", "/o/{token}/agree"): (None, False),
    ("POST", "/o/{token}/settings"): (None, False),
    ("POST", "/o/{token}/stop"): (None, False),
    ("POST", "/o/{token}/resume"): (None, False),
    ("POST", "/o/{token}/leave"): (None, False),
    ("POST", "/o/{token}/accounts"): (None, False),
    ("POST", "/o/{token}/accounts/{number}"): (None, False),
}
