"""What of a notebook is executed: imports, definitions and constants, never its training."""

import ast
from collections.abc import Iterable

# Calls into these make constants (`device = torch.device("cpu")`); calls of a student's own functions would be work.
LIBRARIES = frozenset(
    "torch torchvision math numpy functools collections dataclasses enum itertools operator pathlib random typing "
    "warnings".split()
)
OURS = "ganlib.runtime"
PLAIN = (
    *(ast.Constant, ast.Name, ast.Attribute, ast.Subscript, ast.Slice, ast.Starred, ast.keyword, ast.expr_context),
    *(ast.Tuple, ast.List, ast.Set, ast.Dict, ast.JoinedStr, ast.FormattedValue, ast.Call, ast.IfExp),
    *(ast.UnaryOp, ast.BinOp, ast.BoolOp, ast.Compare, ast.operator, ast.unaryop, ast.boolop, ast.cmpop),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.comprehension),
)


class Selection:
    """Chooses statements, cell by cell; it remembers which names stand for libraries.

    ``needed`` are the names that will be judged: what is assigned to them is executed whatever it is.
    """

    def __init__(self, needed: Iterable[str]):
        self.needed = frozenset(needed)
        self.libraries: set[str] = set()

    def kept(self, statements: list[ast.stmt]) -> list[ast.stmt]:
        """The statements to execute, in their order."""
        chosen = (self._kept(statement) for statement in statements)
        return [statement for statement in chosen if statement is not None]

    def _kept(self, statement: ast.stmt) -> ast.stmt | None:
        match statement:
            case ast.Import() | ast.ImportFrom():
                self._note(statement)
                return statement
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                return statement
            case ast.Assign(targets=targets, value=value) if _names(targets) is not None:
                return statement if _names(targets) & self.needed or self._is_constant(value) else None
            case ast.AnnAssign(target=ast.Name(), value=value) if value is not None and self._is_constant(value):
                return statement
            case ast.If(test=test, body=body, orelse=orelse) if self._is_constant(test):
                return self._branches(ast.If(test, self.kept(body), self.kept(orelse)), statement)
            case ast.Try(body=body, handlers=handlers):
                kept = [ast.ExceptHandler(one.type, one.name, self.kept(one.body) or [ast.Pass()]) for one in handlers]
                return self._branches(ast.Try(self.kept(body), kept, [], []), statement) if kept else None
        return None

    @staticmethod
    def _branches(made: ast.If | ast.Try, original: ast.stmt) -> ast.stmt | None:
        """The statement with what was kept of its branches; None when nothing was."""
        if not made.body and not getattr(made, "orelse", None):
            return None
        made.body = made.body or [ast.Pass()]
        return ast.fix_missing_locations(ast.copy_location(made, original))

    def _note(self, statement: ast.Import | ast.ImportFrom) -> None:
        """Remember the names that an import gives to libraries."""
        for alias in statement.names:
            module = f"{statement.module}.{alias.name}" if isinstance(statement, ast.ImportFrom) else alias.name
            if module.split(".")[0] in LIBRARIES or module.startswith(OURS):
                self.libraries.add(alias.asname or alias.name.split(".")[0])

    def _is_constant(self, value: ast.expr) -> bool:
        """Whether it is a lambda, or made of literals, names, arithmetic, and calls into libraries."""
        if isinstance(value, ast.Lambda):
            return True
        nodes = list(ast.walk(value))
        calls = (node.func for node in nodes if isinstance(node, ast.Call))
        return all(isinstance(node, PLAIN) for node in nodes) and all(_root(call) in self.libraries for call in calls)


def _names(targets: list[ast.expr]) -> set[str] | None:
    """The names assigned to; None when something else than names is, such as an attribute of a module."""
    flat = [inner for target in targets for inner in getattr(target, "elts", [target])]
    return {name.id for name in flat} if all(isinstance(name, ast.Name) for name in flat) else None


def _root(function: ast.expr) -> str | None:
    """The name at the left end of ``torch.nn.Linear``."""
    while isinstance(function, ast.Attribute | ast.Call | ast.Subscript):
        function = function.func if isinstance(function, ast.Call) else function.value
    return function.id if isinstance(function, ast.Name) else None
