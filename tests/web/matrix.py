"""Every route of the pages: the least role, whether it concerns the whole installation, and whose object it is.

Each area of the desk has a file `matrix_*.py` beside this one; a new route is added there on purpose.
"""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from sharebot.values.status import StaffRole

Form = Mapping[str, str]
# The third part is for what belongs to a party and so to its region: a form that can be carried out.
Cell = tuple[StaffRole | None, bool] | tuple[StaffRole | None, bool, Form]
Matrix = dict[tuple[str, str], Cell]


class Right(NamedTuple):
    """What a route asks for; with a `form`, staff of another region are refused whatever their role."""

    role: StaffRole | None
    whole: bool
    form: Form | None = None


def whole_matrix() -> dict[tuple[str, str], Right]:
    """Return the cells of all areas; a route stands in one of them."""
    found: dict[tuple[str, str], Right] = {}
    for file in sorted(Path(__file__).parent.glob("matrix_*.py")):
        area: Matrix = import_module(f"tests.web.{file.stem}").ROUTES
        assert not found.keys() & area.keys(), file.stem
        found |= {route: Right(*cell) for route, cell in area.items()}
    return found
