"""The rules of docs/architecture.md that a machine can hold."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "sharebot"
FILES = [path for path in sorted(SOURCE.rglob("*.py")) if "versions" not in path.parts]
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc", "manager", "service"}
# The two ends of the command line's own table, and of what Windows or a first start do without.
LOCAL_IMPORTS_ALLOWED = {"pysqlite3", "holidays", "alembic", "alembic.config", "PIL", "resvg_py"}
# The identity provider's libraries, an extra.
LOCAL_IMPORTS_ALLOWED |= {"authlib.oidc.core", "joserfc.errors", "joserfc.jwk", "joserfc.jwt"}


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_file_keeps_to_the_rules(path: Path):
    tree, lines = _tree(path), path.read_text(encoding="utf-8").count("\n")
    assert lines <= 350
    assert path.stem not in FORBIDDEN_NAMES
    assert ast.get_docstring(tree), "every module says in one sentence what it is for"
    for function in _functions(tree):
        assert (function.end_lineno or 0) - function.lineno <= 60, function.name
        for node in ast.walk(function):
            if isinstance(node, ast.ImportFrom):
                assert node.module in LOCAL_IMPORTS_ALLOWED, f"{function.name} imports {node.module}"


@pytest.mark.parametrize("path", [path for path in FILES if "store" not in path.parts], ids=str)
def test_sql_stands_only_in_the_store(path: Path):
    calls = [node.func for node in ast.walk(_tree(path)) if isinstance(node, ast.Call)]
    assert "select" not in {called.id for called in calls if isinstance(called, ast.Name)}


@pytest.mark.parametrize("path", FILES, ids=str)
def test_no_transaction_waits_for_the_network(path: Path):
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.With) and any(_is_transaction(item.context_expr) for item in node.items):
            waits = [inner for statement in node.body for inner in ast.walk(statement) if isinstance(inner, ast.Await)]
            assert not waits, f"line {node.lineno}"


# Who writes without a person of staff to name, or what is noted by other means.
UNSIGNED_WRITERS = {
    "guard.py": "when a session was last seen",
    "api/callers.py": "when a token was last used",
    "redirect.py": "share buttons that were pressed",
    "counting.py": "clicks",
    "webmention.py": "what a party's own page links to",
    "visits.py": "visits",
    "webhook.py": "updates of Telegram, as they came",
    "personal.py": "an officer's own page",
    "personal_accounts.py": "an officer's own page; who said it is kept with the account",
    "passkeys.py": "ceremonies; sign-ins are noted in ceremonies.py",
    "oidc.py": "ceremonies; sign-ins are noted in ceremonies.py",
    "sign_in.py": "sign-ins are noted in ceremonies.py; signing out changes nothing of anybody else's",
}


@pytest.mark.parametrize("path", sorted((SOURCE / "web").rglob("*.py")), ids=lambda path: path.name)
def test_what_staff_change_on_a_page_is_noted_in_the_audit_log(path: Path):
    """A page writes through `desk.change`, or notes what it did itself in the same transaction."""
    calls = [node.func for node in ast.walk(_tree(path)) if isinstance(node, ast.Call)]
    writes = any(
        isinstance(call, ast.Attribute) and call.attr == "write" and "database" in ast.unparse(call) for call in calls
    )
    notes = any(ast.unparse(call) in {"record", "audit.record"} for call in calls)
    name = path.relative_to(SOURCE / "web").as_posix()
    assert not writes or notes or name in UNSIGNED_WRITERS


def _is_transaction(expression: ast.expr) -> bool:
    call = expression.func if isinstance(expression, ast.Call) else None
    return isinstance(call, ast.Attribute) and call.attr in {"read", "write"} and "database" in ast.unparse(call.value)


def test_the_layer_contract_catches_a_violation(tmp_path: Path):
    """A copy of the package with one forbidden import must break the contract that the real one keeps."""
    copy = tmp_path / "sharebot"
    subprocess.run(["cp", "-r", str(SOURCE), str(copy)], check=True)
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    assert _lint(tmp_path).returncode == 0
    rules = copy / "rules" / "timing.py"
    rules.write_text(rules.read_text() + "\nfrom sharebot.store import queue  # noqa\n")
    broken = _lint(tmp_path)
    assert broken.returncode != 0
    assert "sharebot.rules is not allowed to import sharebot.store" in broken.stdout


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    command = [sys.executable, "-c", code, "--no-cache"]
    env = {"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env=env, check=False)
