"""What a person should look at in a submission: imports and names that an honest answer hardly needs."""

import ast
import re
from collections.abc import Collection, Iterable, Iterator

MODULES = frozenset(
    "asyncio atexit builtins code codecs ctypes faulthandler gc http importlib inspect io linecache marshal mmap "
    "multiprocessing os pickle pkgutil platform posix pty requests resource runpy select shutil signal site socket ssl "
    "subprocess sys sysconfig tempfile threading timeit traceback tracemalloc types unittest urllib zipimport".split()
)
OURS = ("ganlib.checks.core", "ganlib.checks.wgan.", "ganlib.grade", "ganlib.assign")
CALLS = frozenset("__import__ breakpoint compile delattr eval exec globals locals open setattr vars".split())
ATTRIBUTES = frozenset(
    "PARTS CANARIES f_back f_globals f_locals gi_frame cr_frame modules tb_frame _getframe as_strided".split()
)
ANSWERS = re.compile(r"wasserstein$|WGAN")
"""What in ganlib itself answers the WGAN-GP assignment, beside functions that are called as the answers are."""
MEMORY = frozenset("__array_interface__ __array_struct__".split())
"""By these names NumPy is told to read and write anywhere in memory. No honest answer has a use for them."""
HARMLESS = frozenset(
    "__init__ __name__ __call__ __len__ __getitem__ __iter__ __next__ __class__ __doc__ __repr__ __str__ __all__ "
    "__enter__ __exit__".split()
)
LIBRARIES = frozenset("torch nn F checks np numpy random math".split())


def flags(statements: Iterable[ast.stmt], needed: Collection[str]) -> list[str]:
    """Each suspicious thing once, in order of appearance; ``needed`` are the names that the student is to write."""
    nodes = (node for statement in statements for node in ast.walk(statement))
    return list(dict.fromkeys(word for node in nodes for word in _of(node, needed)))


def reaching(nodes: Iterable[ast.AST]) -> list[str]:
    """The names by which code reaches into memory, also where they stand in a text."""
    found = []
    for node in nodes:
        match node:
            case ast.Name(id=word) | ast.Attribute(attr=word) | ast.FunctionDef(name=word) | ast.Constant(value=word):
                found += [word] if isinstance(word, str) and word in MEMORY else []
    return found


def _of(node: ast.AST, needed: Collection[str]) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            yield from (f"imports {name.name}" for name in names if _suspicious(name.name))
        case ast.ImportFrom(module=str(module), names=names):
            for name in names:
                ours = module.split(".")[0] == "ganlib" and (name.name in needed or ANSWERS.match(name.name))
                if _suspicious(f"{module}.{name.name}") or ours:
                    yield f"imports {module}.{name.name}"
        case ast.Call(func=ast.Name(id=name)) if name in CALLS:
            yield f"calls {name}"
        case ast.Attribute(attr=name) if name in ATTRIBUTES or name in needed or _is_dunder(name):
            yield f"uses .{name}"
        case ast.Attribute(attr=name) if ANSWERS.match(name):
            yield f"uses .{name}"
        case ast.FunctionDef(name=name) | ast.Name(id=name, ctx=ast.Store()) if _is_dunder(name):
            yield f"defines {name}"
        case ast.Assign(targets=targets):
            yield from (f"assigns {ast.unparse(target)}" for target in targets if _is_of_a_library(target))


def _suspicious(name: str) -> bool:
    return name.split(".")[0] in MODULES or name.startswith(OURS)


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__") and name not in HARMLESS


def _is_of_a_library(target: ast.expr) -> bool:
    """Whether it looks like ``torch.allclose = ...``; ``self.x = ...`` and ``parameter.grad = ...`` do not."""
    if not isinstance(target, ast.Attribute):
        return False
    while isinstance(target, ast.Attribute):
        target = target.value
    return isinstance(target, ast.Name) and target.id in LIBRARIES
