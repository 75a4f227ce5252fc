"""Every route of the pages, the least role it asks for, and whether it concerns the whole installation.

Each area of the desk has a file `matrix_*.py` beside this one; a new route is added there on purpose.
"""

from importlib import import_module
from pathlib import Path

from sharebot.values.status import StaffRole

Cell = tuple[StaffRole | None, bool]
Matrix = dict[tuple[str, str], Cell]


def whole_matrix() -> Matrix:
    """Return the cells of all areas; a route stands in one of them."""
    found: Matrix = {}
    for file in sorted(Path(__file__).parent.glob("matrix_*.py")):
        area: Matrix = import_module(f"tests.web.{file.stem}").ROUTES
        assert not found.keys() & area.keys(), file.stem
        found |= area
    return found
