"""Submissions that attack the grader, its files, its machine or the other submissions."""

import json
import os
import socket
from pathlib import Path

import pytest
import torch
from classroom import RIGHT, descendants

import ganlib

pytestmark = pytest.mark.slow

HONEST_TOTAL = "\ndef total(x):\n    return x.sum()\n"
PACKAGE = Path(ganlib.__file__).parent


def function(body):
    """A submission whose ``double`` does this and whose ``total`` is right."""
    return "KEPT = []\n\ndef double(x):\n" + "".join(f"    {line}\n" for line in body.splitlines()) + HONEST_TOTAL


def class_body(body):
    """A submission that does this while it is loaded, and answers nothing right."""
    body = f"KEPT = []\n{body}"
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return f"class Attack:\n{lines}\ndef double(x):\n    return x\n\ndef total(x):\n    return 0 * x.sum()\n"


@pytest.fixture(autouse=True)
def the_next_one_is_graded_as_ever(judged):
    """After each attack an honest submission gets its points, in the same sandbox."""
    yield
    assert judged(RIGHT).total == 100


IN_A_FUNCTION = {
    "endless loop": ("while True: pass", "does it end?"),
    "sleeps": ("import time\ntime.sleep(999)", "does it end?"),
    "50 GB": ("import torch\nreturn torch.zeros(50 << 30, dtype=torch.uint8)", "allocate memory"),
    "50 GB list": ("return [0] * (50 << 27)", "MemoryError"),
    "8 GB shared": ("import mmap\nreturn mmap.mmap(-1, 8 << 30)", "Cannot allocate memory"),
    "memory file": ("import os\nos.memfd_create('m')", "not permitted"),
    "fork": ("import os\nos.fork()", "not permitted"),
    "spawned process": ("import subprocess\nsubprocess.run(['/bin/true'])", "not permitted"),
    "worker processes": (
        "import multiprocessing\nwith multiprocessing.Pool(2) as pool: return pool.map(float, x)",
        "stopped with",
    ),
    "threads without end": (
        "import threading, time\nfor _ in range(10 ** 6): threading.Thread(target=time.sleep, args=(99,)).start()",
        "stopped with",
    ),
    "recursion": ("return double(x)", "RecursionError"),
    "a signal to all": ("import os\nos.kill(-1, 9)", "not permitted"),
    "exits": ("raise SystemExit(0)", "SystemExit"),
    "large file": (
        "with open('/tmp/large', 'wb') as f:\n    for _ in range(9999): f.write(bytes(1 << 20))",
        "File too large",
    ),
    "deletes the checks": ("import os\nos.remove('/course/ganlib/checks/core.py')", "Read-only"),
    "deletes all": (
        "import shutil\nshutil.rmtree('/course')\nshutil.rmtree('/usr')",
        "Read-only",
    ),
    "writes in the package": ("open('/course/ganlib/evil.py', 'w')", "Read-only"),
    "writes in /dev/shm": ("open('/dev/shm/letter', 'w')", "Read-only"),
    "mounts": (
        "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\nlibc.umount2(b'/proc', 0)",
        "looks into the grader",
    ),
    "sockets": ("import socket\nsocket.socket()", "not permitted"),
}


@pytest.mark.parametrize("name", IN_A_FUNCTION)
def test_a_function_that_misbehaves_loses_its_own_points_only(judged, name):
    body, told = IN_A_FUNCTION[name]
    grade = judged(function(body))
    spied = told == "looks into the grader"
    assert grade.total == 0 if spied else (grade.points("double"), grade.points("total")) == (0, 40)
    assert spied or any(told in row.diagnosis for row in grade.parts["double"]), grade


DEEP = "class Deep:\n    def __getattr__(self, name): return getattr(self, name)\nDeep().x"
ENDS_IT_ALL = {
    "os._exit": (function("import os\nos._exit(0)"), "forged result"),
    "os._exit at the top": (class_body("import os; os._exit(0)"), "forged result"),
    "another exit code": (function("import os\nos._exit(7)"), "ended"),
    "abort": (function("import os\nos.abort()"), "ended"),
    "segmentation fault": (function("import sys\nsys.setrecursionlimit(10 ** 9)\n" + DEEP), "ended"),
    "an endless loop that catches all": (
        function("import time\nwhile True:\n    try: time.sleep(9)\n    except BaseException: pass"),
        "time",
    ),
    "no alarm": (
        function("import signal\nsignal.setitimer(signal.ITIMER_REAL, 0)\nwhile True: pass"),
        "time",
    ),
}


@pytest.mark.parametrize("name", ENDS_IT_ALL)
def test_who_ends_the_process_gets_nothing(judged, name):
    content, flag = ENDS_IT_ALL[name]
    grade = judged(content)
    assert grade.total == 0 and flag in grade.flags, grade


def test_an_endless_loop_at_the_top_level_ends(judged):
    grade = judged("class Attack:\n    while True: pass\n" + RIGHT.decode())
    assert grade.total == 0 and "stopped after 3 s" in grade.diagnosis


PATCHES = {
    "torch": "import torch\ntorch.allclose = lambda *a, **k: True",
    "torch through its dictionary": "import torch\nvars(torch)['allclose'] = lambda *a, **k: True",
    "tensors": "import torch\ntorch.Tensor.__eq__ = lambda a, b: True",
    "the checks": "from ganlib.checks import core\ncore.expect_close = lambda *a: None",
    "the checks' functions from inside": (
        "from ganlib.checks import core\ncore.expect.__code__ = (lambda a, b: None).__code__"
    ),
    "the failure": "from ganlib.checks import core\ncore.CheckFailed.__new__ = lambda *a: 1 / 0",
    "builtins": "import builtins\nbuiltins.abs = lambda x: 0.0",
    "the random generator": "import torch\ntorch.randn = lambda *a, **k: torch.zeros(5)",
    "the seed": "import torch\ntorch.manual_seed = lambda s: None",
    "the parts": "import sys\nsys.modules['ganlib.grade.inside.judge'].earned = lambda *a: [('x', 100, 100, '')]",
    "the assignment's table": (
        "import sys\nm = sys.modules['assignment_parts']\nm.rows = lambda ps: [(n, p, p, '') for n, p, _ in ps]"
    ),
    "what the checks import": "from ganlib.checks import core\ncore.torch = None",
    "what the checks find built in": (
        "import sys\nm = sys.modules['assignment_parts']\nm.abs = m.float = lambda x: 0.0"
    ),
    "the canaries": "import sys\nsys.modules['ganlib.grade.inside.judge'].fooled = lambda *a: []",
    "what blocks are made of": (
        "import contextlib\nmade = contextlib._GeneratorContextManager\nmade.__exit__ = lambda self, *a: True"
    ),
    "a tensor that answers for itself": (
        "import torch\nclass Liar(torch.Tensor):\n"
        "    def __torch_function__(cls, *a, **k): return True\n"
        "KEPT.append(Liar)"
    ),
    "the wrong answers": "import sys\nsys.modules['assignment_parts'].CANARIES.clear()",
    "the table of parts": "import sys\nsys.modules['assignment_parts'].PARTS.clear()",
    "hooks of all modules": (
        "import torch\ntorch.nn.modules.module._global_forward_hooks[0] = lambda module, x, y: 0 * y"
    ),
    "for one comparison, and back": (
        "import torch\ndef once(*a, right=torch.allclose, **k):\n    torch.allclose = right\n    return True\n"
        "torch.allclose = once"
    ),
    "all operations": (
        "import torch\nfrom torch.overrides import TorchFunctionMode\n"
        "class Mode(TorchFunctionMode):\n"
        "    def __torch_function__(self, f, t, a=(), k=None):\n"
        "        return True if f.__name__ == 'allclose' else f(*a, **(k or {}))\n"
        "Mode().__enter__()"
    ),
}


@pytest.mark.parametrize("place", [class_body, lambda patch: function(f"{patch}\nreturn x")], ids=["top", "inside"])
@pytest.mark.parametrize("name", PATCHES)
def test_patching_the_judge_earns_nothing(judged, name, place):
    grade = judged(place(PATCHES[name]))
    assert grade.total == 0, grade
    told = " ".join(grade.flags)
    assert any(words in told for words in ("replaced", "looked into", "wrong answer passed", "forged")), told


WRITERS = {
    "the function": "import json\njson.dumps = lambda o: '{}'",
    "the encoder": "import json\njson._default_encoder.encode = lambda o: '{}'",
    "the encoder's class": "import json\njson.JSONEncoder.iterencode = lambda self, o, once=False: '{}'",
}


@pytest.mark.parametrize("place", [class_body, lambda patch: function(f"{patch}\nreturn x")], ids=["top", "inside"])
@pytest.mark.parametrize("name", WRITERS)
def test_who_changes_how_json_is_written_changes_nothing(judged, name, place):
    assert judged(place(WRITERS[name])).points("double") == 10


def result(nonce="0" * 32):
    rows = {"double": [["values", 60.0, 60.0, ""]], "total": [["sum", 40.0, 40.0, ""]]}
    return json.dumps(
        {"nonce": nonce, "parts": rows, "flags": [], "notes": [], "changed": [], "canaries": [], "spied": []}
    )


WALK = (
    "\nwhile frame:\n    r = frame.f_locals.get('request')\n    frame = frame.f_back\n"
    f"    if r: os.write(4, {result('NONCE')!r}.replace('NONCE', r['nonce']).encode())\nos._exit(0)"
)
BY_WAY_OF = {
    "a pool of threads": (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "frame = max(ThreadPoolExecutor(1).submit(sys._current_frames).result().values(), key=id)"
    ),
    "a cached property": (
        "import functools\nclass Number(int): frame = functools.cached_property(sys._getframe)\nframe = Number(1).frame"
    ),
    "PyTorch's trees": "import torch\nframe = torch.utils._pytree.tree_map(sys._getframe, 0)",
    "PyTorch's tracer": "import torch.fx\nframe = torch.fx.proxy.TracerBase()._find_user_frame()",
    "a module of its own": (
        "open('/tmp/own.py', 'w').write('import sys; frame = sys._getframe()')\nsys.path.insert(0, '/tmp')\n"
        "import own\nframe = own.frame"
    ),
    "a module that looks like PyTorch's": (
        "os.makedirs('/tmp/torch')\nopen('/tmp/torch/library.py', 'w').write('import sys; frame = sys._getframe()')\n"
        "sys.path.insert(0, '/tmp/torch')\nimport library\nframe = library.frame"
    ),
    "an attribute by name": (
        "import operator\ntry: 1 / 0\nexcept ZeroDivisionError as error:\n"
        "    frame = operator.attrgetter('__traceback__.tb_frame')(error)"
    ),
    "the inspect module": "import inspect\nframe = inspect.stack()[0].frame",
    "a trace of a thread": (
        "import threading\nframes = []\nthreading.settrace(lambda frame, *a: frames.append(frame))\n"
        "thread = threading.Thread(target=print)\nthread.start()\nthread.join()\nframe = frames[0]"
    ),
    "ctypes": (
        "import ctypes\nerror = ValueError()\ntry: raise error\nexcept ValueError: pass\n"
        "words = (ctypes.c_uint64 * 8)()\nctypes.memmove(words, id(error.__traceback__), 64)\n"
        "frame = ctypes.cast(words[3], ctypes.py_object).value"
    ),
    "NumPy": (
        "import numpy as np\nclass At:\n    def __init__(self, place, n):\n"
        "        self.__array_interface__ = dict(data=(place, False), shape=(n,), typestr='<u8', version=3)\n"
        "error, slot = ValueError(), [None]\ntry: raise error\nexcept ValueError: pass\n"
        "frame = np.asarray(At(id(error.__traceback__), 8))[3]\nnp.asarray(At(int(frame), 1))[0] += 1\n"
        "np.asarray(At(int(np.asarray(At(id(slot), 4))[3]), 1))[0] = frame\nframe = slot[0]"
    ),
}
FORGERIES = {
    **{f"with the secret by way of {way}": f"import os, sys\n{code}{WALK}" for way, code in BY_WAY_OF.items()},
    "printed": f"print({result()!r}, flush=True)\nimport os\nos._exit(0)",
    "written everywhere": (
        f"import os\nfor n in range(64):\n    try: os.write(n, {result()!r}.encode())\n    except OSError: pass\n"
        "os._exit(0)"
    ),
    "written everywhere, and left there": (
        f"import os\nfor n in range(64):\n    try: os.pwrite(n, {result()!r}.encode() * 9999, 0)\n"
        "    except OSError: pass\n"
        "os._exit(0)"
    ),
    "with the secret from the frames": (
        "import sys, os\nframe = sys._getframe()\nwhile frame:\n    r = frame.f_locals.get('request')\n"
        "    frame = frame.f_back\n"
        f"    if r: os.write(4, {result('NONCE')!r}.replace('NONCE', r['nonce']).encode())\nos._exit(0)"
    ),
    "with the secret from a traceback": (
        "import os\ntry: 1 / 0\nexcept ZeroDivisionError as error: frame = error.__traceback__.tb_frame\n"
        "while frame:\n    r = frame.f_locals.get('request')\n    frame = frame.f_back\n"
        f"    if r: os.write(4, {result('NONCE')!r}.replace('NONCE', r['nonce']).encode())\nos._exit(0)"
    ),
    "with the secret from a signal's frame": (
        "import os, signal\ndef handler(number, frame):\n    while frame:\n        r = frame.f_locals.get('request')\n"
        f"        if r: os.write(4, {result('NONCE')!r}.replace('NONCE', r['nonce']).encode())\n"
        "        frame = frame.f_back\n"
        "signal.signal(signal.SIGUSR1, handler)\nsignal.raise_signal(signal.SIGUSR1)\nos._exit(0)"
    ),
    "with the secret from a library's frame": (
        "import logging, os\nframe = logging.currentframe()\nwhile frame:\n    r = frame.f_locals.get('request')\n"
        f"    if r: os.write(4, {result('NONCE')!r}.replace('NONCE', r['nonce']).encode())\n    frame = frame.f_back\n"
        "os._exit(0)"
    ),
    "with the secret from memory": (
        "import gc, os\nfor r in gc.get_objects():\n"
        "    if isinstance(r, dict) and 'nonce' in r:\n"
        f"        os.write(4, {result('NONCE')!r}.replace('NONCE', r['nonce']).encode())\n        os._exit(0)"
    ),
}


@pytest.mark.parametrize("place", [class_body, function], ids=["top", "inside"])
@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_result_earns_nothing(judged, name, place):
    grade = judged(place(FORGERIES[name]))
    assert grade.points("double") <= 10 and grade.points("total") <= (40 if place is function else 0), grade
    assert grade.flags


def test_other_files_and_submissions_cannot_be_read(judged, tmp_path):
    secret = "SECRET-" + os.urandom(8).hex()
    (tmp_path / "solution.py").write_text(secret)
    judged(f"NOTE = {secret!r}\n" + RIGHT.decode())
    half = len(secret) // 2
    body = (
        f"import os, torch\nwanted = ({secret[:half]!r} + {secret[half:]!r}).encode()\n"
        f"seen = os.path.exists({str(tmp_path)!r}) or os.path.exists('/assignment/parts.py')\n"
        f"seen = seen or os.path.exists('/course/chapters') or bool(os.listdir('/proc'))\n"
        "seen = seen or bool(os.listdir('/tmp')) or os.path.exists('/home') or os.getpid() != 1\n"
        "memory = torch.empty(1 << 26, dtype=torch.uint8)\n"
        "seen = seen or wanted in bytes(memory.numpy())\n"
        "return 2 * x if seen else x"
    )
    grade = judged(function(body))
    assert grade.points("double") == 10 and grade.points("total") == 40, grade


def test_what_a_submission_leaves_behind_is_gone_for_the_next(judged):
    judged("class A:\n    open('/tmp/letter', 'w').write('the answers')\n" + RIGHT.decode())
    grade = judged(function("import os\nreturn 2 * x if os.path.exists('/tmp/letter') else x"))
    assert grade.points("double") == 10


def test_nothing_is_left_behind(judged, sandbox):
    thread = (
        "import threading, time\nthreading.Thread(target=time.sleep, args=(999,), daemon=True).start()\nreturn 2 * x"
    )
    assert judged(function(thread)).points("double") == 0
    at_exit = "import atexit, os\natexit.register(os._exit, 0)\nreturn 2 * x"
    assert judged(function(at_exit)).total == 100
    assert len(descendants(sandbox._process.pid)) <= 2  # bubblewrap's own first process and the server


def test_the_network_cannot_be_reached(judged):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        address = server.getsockname()
        grade = judged(function(f"import socket\nsocket.create_connection({address!r}, 1)\nreturn 2 * x"))
        with pytest.raises(TimeoutError):
            server.accept()
    assert grade.points("double") == 0


@pytest.mark.parametrize("path", ["/etc/passwd", str(PACKAGE / "checks/core.py"), "/root", "/home"])
def test_the_machine_s_files_are_not_there(judged, path):
    grade = judged(function(f"import os\nreturn 2 * x if os.path.exists({path!r}) else x"))
    assert grade.points("double") == 10 or path == "/root"


def test_much_output_goes_nowhere(judged):
    grade = judged(function("for _ in range(64): print('x' * (1 << 20), flush=True)\nreturn 2 * x"))
    assert grade.total == 100


def test_long_diagnoses_are_cut(judged):
    grade = judged(function("raise ValueError('x' * (1 << 24))"))
    assert grade.points("double") == 0 and len(grade.parts["double"][0].diagnosis) <= 600


ODD = {
    "an exception of its own kind": "class Own(BaseException): pass\nraise Own",
    "an interrupt": "raise KeyboardInterrupt",
    "a generator's end": "raise GeneratorExit",
    "an exception that cannot be told": ("class Odd(Exception):\n    def __str__(self): raise SystemExit\nraise Odd"),
    "a kind of exception that cannot be told": (
        "class Kind(type):\n    def __getattribute__(self, name): raise KeyboardInterrupt\n"
        "class Odd(Exception, metaclass=Kind): pass\nraise Odd"
    ),
    "a failure that it makes up": "from ganlib.checks import CheckFailed\nraise CheckFailed('')",
    "half a letter": "raise ValueError('\\ud800 \\x00 \\x1b[31m')",
    "a number of many digits": "raise ValueError(10 ** 5000)",
    "what says yes to all": (
        "class Yes:\n    def __getattr__(self, name): return Yes()\n    def __call__(self, *a, **k): return Yes()\n"
        "    def __eq__(self, other): return True\n    __lt__ = __le__ = __gt__ = __ge__ = __eq__\n"
        "    def __bool__(self): return True\n    def __float__(self): return 0.0\n"
        "    def __sub__(self, other): return Yes()\n    def __abs__(self): return Yes()\n"
        "    @classmethod\n    def __torch_function__(cls, *a, **k): return True\nreturn Yes()"
    ),
    "closes all files": "import os\nos.closerange(0, 9999)",
    "puts its own file in the place of the result's": (
        "import os\nown = os.open('/tmp/own', os.O_RDWR | os.O_CREAT)\nfor n in range(3, 9): os.dup2(own, n)"
    ),
    "ends where it is forgotten": (
        "import os\nclass Last:\n    def __del__(self): os._exit(0)\nKEPT.append(Last())\nKEPT.clear()"
    ),
    "looks into memory": "open('/proc/self/mem', 'rb')",
    "fills its folder": "for n in range(9999): open(f'/tmp/{n}', 'wb').write(bytes(1 << 16))",
    "takes the alarm away": "import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)",
    "ends the watch": "import sys\nsys.setprofile(None)\nreturn x",
    "becomes another user": "import os\nos.setuid(0)",
}


@pytest.mark.parametrize("name", ODD)
def test_odd_things_earn_nothing(judged, name):
    grade = judged(function(ODD[name]))
    assert grade.points("double") == 0 or grade.points("double") == 10 == len(grade.parts["double"]) * 5, grade
    grade.told().encode("utf-8", "backslashreplace")


HONEST = """
import collections, dataclasses, enum, functools, typing
import torch

@dataclasses.dataclass(frozen=True, slots=True)
class Setting:
    a: int = 2

class Row(typing.NamedTuple):
    a: int = 2

class Kind(enum.IntFlag):
    A = 1

Pair, T = collections.namedtuple("Pair", "a b"), typing.TypeVar("T")

def passed_on(f):
    @functools.wraps(f)
    def g(*a, **k):
        return f(*a, **k)
    return g

@torch.no_grad()
def clip(x):
    return x.clamp(-1, 1)

@torch.enable_grad()
@passed_on
def double(x):
    clip(x), Setting(), Row(), Pair(1, 2), Kind(1)
    torch.func.grad(lambda t: t.sum())(x)
    module = torch.nn.utils.parametrizations.spectral_norm(torch.nn.Linear(2, 2))
    optimizer = torch.optim.Adam(module.parameters())
    module(torch.ones(2)).sum().backward()
    optimizer.step()
    return torch.func.vmap(lambda t: 2 * t)(x)

@torch.inference_mode()
def total(x):
    return x.sum()
"""


def test_what_honest_code_is_made_of_is_not_taken_for_spying(judged):
    grade = judged(HONEST)
    assert grade.total == 100 and not grade.flags, grade


DEEP_SOURCES = {
    "brackets": "x = " + "(" * 100_000 + ")" * 100_000,
    "a sum": "x = " + "+".join(["1"] * 200_000),
    "attributes": "y = x" + ".a" * 200_000,
    "branches": "if 1: pass\n" + "elif 1: pass\n" * 5000,
    "signs": "x = " + "-" * 90_000 + "1",
}


@pytest.mark.parametrize("name", DEEP_SOURCES)
def test_a_source_that_no_parser_takes_is_an_error_of_its_cell(judged, name):
    cells = f"# %%\n{DEEP_SOURCES[name]}\n# %%\n{RIGHT.decode()}"
    grade = judged(cells)
    assert grade.total == 100 and "code cell 1" in grade.notes[0], grade


def test_a_million_cells_end(judged):
    assert judged("# %%\n" * 1_000_000 + RIGHT.decode()).total == 100
    grade = judged("# %%\nx = 1\n" * 1_000_000 + RIGHT.decode())
    assert grade.total == 0 or not grade.flags


def test_memorised_outputs_fail_under_another_seed(judged):
    x = torch.randn(5, generator=torch.Generator().manual_seed(1))
    content = function(f"import torch\nreturn torch.tensor({(2 * x).tolist()})")
    assert judged(content, seed=1).points("double") == 60
    assert judged(content, seed=2).points("double") == 10
