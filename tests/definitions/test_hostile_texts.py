"""Hostile texts: nothing of them is run, imported or opened, and each is answered in little memory."""

import random
import sys
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest

from cnnviz.definitions import parse_pytorch
from cnnviz.errors import UserError
from tests.definitions.course_cells import CELLS

ALLOWED_BYTES = 200_000_000
_WATCHED = ("exec", "import", "open", "socket", "subprocess", "os.", "ctypes", "pty", "shutil", "code.", "marshal")
_EXPRESSIONS = (
    "__import__('os').system('id')",
    "eval('1+1')",
    "exec('import os')",
    "compile('1', 'x', 'exec')",
    "open('/etc/passwd').read()",
    "().__class__.__bases__[0].__subclasses__()",
    "nn.Module.__init__.__globals__['os']",
    "getattr(getattr(torch, 'os'), 'system')('id')",
    "getattr(torch, '__dict__')",
    "torch.os.system('id')",
    "torch.load('x.pth')",
    "torch.hub.load('a/b', 'c')",
    "torch.ops.load_library('x.so')",
    "torch.utils.cpp_extension.load_inline('a', 'b')",
    "'{0.__class__}'.format(nn)",
    "'{:>{w}}'.format(3, w=10**9)",
    "f'{3:>1000000000}'",
    "f'{nn.__class__!r}'",
    "'%1000000000d' % 3",
    "'%s' % nn",
    "[0] * 10**9",
    "[[0] * 4096] * 4096",
    "'a' * 10**9",
    "10**10**10",
    "2**64**64",
    "1 << 10**9",
    "9" * 6000,
    "0x" + "f" * 6000,
    "1e400",
    "1j ** 2",
    "b'bytes'",
    "..." + "." * 90 + "x",
    "(lambda f: f(f))(lambda f: f(f))",
    "[x := 3, x]",
    "(yield)",
    "(await x)",
    "{1, 2}",
    "{**{}, **{'a': 1}}",
    "[*range(10**7)]",
    "nn.Sequential(*[nn.ReLU() for _ in range(10**6)])",
    "nn.Sequential(*[nn.ReLU() for _ in range(4096)] * 4096)",
    "nn.Conv2d(10**7, 10**7, 10**5)",
    "nn.Linear(10**6, 10**6)",
    "nn.Conv2d(3, 3, (3,) * 4000)",
    "nn.Conv2d(True, 2, 3)",
    "nn.Conv2d(3, 2, -3)",
    "nn.Conv2d(3, 2, float('inf'))",
    "nn.Conv2d(3, 2, 3, stride=0)",
    "nn.Conv2d(**{'in_channels': 3, '__class__': 4})",
    "max(range(10**7))",
    "sum([[1]] * 4000, [])",
    "sorted([[[1]], [[2]]] * 2000)",
    "list(zip(*[range(4096)] * 4096))",
    "dict(zip(range(4096), range(4096)))",
    "print(open)",
    "input()",
    "breakpoint()",
    "globals()['__builtins__']",
    "vars(nn)",
    "dir(torch)",
    "type('X', (object,), {})()",
    "super().__init__()",
    "object.__new__(object)",
    "nn.Sequential.__mro__",
    "setattr(nn, 'x', 3)",
    "nn.ｅval('1')",
    "ｅxec('1')",
    "\u202eevil",
    "ℌ = 3",
)
_STATEMENTS = (
    "import os; os.system('id')",
    "from os import *",
    "import subprocess as nn",
    "from builtins import eval as relu; relu('1')",
    "@eval\ndef f(): pass",
    "@(lambda f: f)\nclass A(nn.Module): pass",
    "class A(metaclass=type): pass",
    "class A(nn.Module, __import__('os')): pass",
    "class A(nn.Module):\n    __slots__ = ('x',)",
    "class A(nn.Module):\n    def __getattr__(self, n): return eval",
    "class A(nn.Module):\n    def __init__(self): self.__class__ = A",
    "def f(x=open('/etc/passwd')): pass",
    "def f(): return f()\nnet = f()",
    "def f(n):\n    return [f(n - 1), f(n - 1)]\nnet = f(28)",
    "while True: pass",
    "for i in range(4096):\n    for j in range(4096):\n        for k in range(4096): pass",
    "for a in (b for b in (c for c in range(4096)) for d in range(4096)): pass",
    "match 3:\n    case int(): pass",
    "try:\n    1 / 0\nexcept* Exception: pass",
    "with open('x') as f: pass",
    "async def f(): await f()",
    "global net\nnonlocal x",
    "del nn, torch",
    "assert __import__('os')",
    "raise SystemExit",
    "a = []\na.append(a)\nnet = a == a",
    "a = [0]\nfor i in range(60): a = [a, a]\nb = [0]\nfor i in range(60): b = [b, b]\nnet = a == b",
    "t = (0,)\nfor i in range(60): t = (t, t)\nd = {t: 3}",
    "t = (0,)\nfor i in range(60): t = (t, t)\nnet = nn.Conv2d(3, 3, t)",
    "t = [1]\nfor i in range(60): t = t + t",
    "s = 'a'\nfor i in range(60): s = s + s",
    "n = 2\nfor i in range(60): n = n * n",
    "d = {}\nd['d'] = d\nnet = nn.ModuleDict(d)",
    "net = nn.Sequential()\nnet.add_module('a', net)",
    "net = nn.Sequential(nn.ReLU())\nfor i in range(40): net = nn.Sequential(net, net)",
    "net = nn.ModuleList([nn.ReLU()])\nnet.append(net)",
    "nn = 3\nnet = nn.Conv2d(1, 2, 3)",
    "torch.nn.Conv2d = eval\nnet = torch.nn.Conv2d(1, 2, 3)",
    "range = eval\nnet = range('1')",
    "def __init__(self): pass",
    "if __name__ == '__main__':\n    __import__('os')",
    "x: __import__('os').system('id') = 3",
    "def f(x: eval('1')) -> eval('2'): pass",
    "type X = eval",
    "net = lambda x: [net(x), net(x)]",
)
_FORWARDS = (
    "return self",
    "return self.forward(x)",
    "return [x] * 4096",
    "for i in range(10**6): x = x + 1\n        return x",
    "return torch.cat([x] * 4096, 1)",
    "for i in range(20): x = torch.cat([x] * 500, 1)\n        return x",
    "return x.view(10**7, 10**7)",
    "return x.view(-1, -1)",
    "return x.view(*[1] * 4000)",
    "return x[10**7]",
    "return x[::-1]",
    "return x[x > 0]",
    "return x.permute(*range(4096))",
    "return F.pad(x, [10**7] * 4000)",
    "return F.interpolate(x, scale_factor=10**7)",
    "return F.interpolate(x, size=(10**7, 10**7))",
    "return F.pad(x, (99999, 99999, 99999, 99999))",
    "return x.chunk(10**7, 1)[0]",
    "return x.split(1, 2)[3]",
    "return x.__class__",
    "return x.register_hook(eval)",
    "return x.apply_(eval)",
    "return x.map_(x, eval)",
    "return torch.vmap(eval)(x)",
    "return x.unsqueeze(1).unsqueeze(1).unsqueeze(1).unsqueeze(1).unsqueeze(1).unsqueeze(1).unsqueeze(1)",
    "return x ** 10**7",
    "return x / 0",
    "return x @ x @ x",
    "return -x if x else x",
    "return self.__dict__",
    "self.y = x\n        return self.y",
    "return self.net(x) if hasattr(self, 'net') else eval",
)
_CLASS = (
    "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n    def forward(self, x):\n        "
)


def _deep(random_: random.Random) -> str:
    kind, count = random_.randrange(9), random_.choice((60, 400, 3000, 9000))
    return (
        "net = "
        + (
            "(" * count + ")" * count,
            "[" * count,
            "-" * count + "1",
            "not " * (count // 4) + "1",
            "1" + "+1" * (count // 2),
            "x" + ".x" * (count // 2),
            "f" + "()" * (count // 2),
            "lambda: " * (count // 8) + "1",
            "1 if 1 else " * (count // 12) + "1",
        )[kind]
    )


def texts(count: int, seed: int) -> Iterator[str]:
    """Yield hostile texts: every expression and statement of the lists in several disguises, and mutated cells."""
    random_ = random.Random(seed)
    frames = (
        "net = {}",
        "net = nn.Sequential({})",
        "net = nn.Sequential(nn.Conv2d(3, {}, 3))",
        "def f(x={}):\n    return x\nnet = f()",
        "class Net(nn.Module):\n    a = {}\n    def forward(self, x): return self.a",
        _CLASS + "return {}",
        _CLASS + "y = x + {}\n        return y",
        "net = [{0} for _ in range(40)] if {0} else {0}",
        "if __name__ == '__main__':\n    net = {}",
    )
    cells = [cell.source for cell in CELLS.values()]
    for number in range(count):
        choice = number % 6
        if choice == 0:
            yield random_.choice(frames).replace("{0}", "{}").replace("{}", random_.choice(_EXPRESSIONS))
        elif choice == 1:
            yield random_.choice(_STATEMENTS) + "\n" + random_.choice(("", "net = nn.Sequential(nn.ReLU())\n"))
        elif choice == 2:
            yield _CLASS + random_.choice(_FORWARDS)
        elif choice == 3:
            yield _deep(random_)
        elif choice == 4:  # a cell with a hostile line in it
            lines = random_.choice(cells).split("\n")
            at = random_.randrange(len(lines))
            indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
            lines.insert(at, indent + random_.choice(_EXPRESSIONS))
            yield "\n".join(lines)
        else:  # a cell with characters changed
            text = list(random_.choice(cells))
            for _ in range(random_.randrange(1, 20)):
                text[random_.randrange(len(text))] = random_.choice("()[]{}:,.=*+-'\"\\\n\0 \t@#19eé图_")
            yield "".join(text)


class _Watch:
    """The events of the interpreter while it is on; hooks cannot be removed, so there is one for all tests."""

    def __init__(self) -> None:
        self.on = False
        self.events: list[str] = []
        sys.addaudithook(self._note)

    def _note(self, event: str, args: tuple[Any, ...]) -> None:
        if not self.on:
            return
        tree_only = event == "compile" and args[1] in ("<unknown>", b"<unknown>")  # ast.parse
        if event.startswith(_WATCHED) or (event == "compile" and not tree_only):
            self.events.append(f"{event} {args!r}"[:200])


@pytest.fixture(scope="module")
def watch() -> _Watch:
    for cell in (CELLS["lenet, eager"], CELLS["resnet, lazy"]):  # what is imported on first use is imported now
        parse_pytorch(cell.source, (1, 96, 96) if "resnet" in cell.source.lower() else (1, 28, 28))
    for text in ("net = nn.Magic()", "", "net = nn.Sequential(nn.Flatten(), nn.Linear(3, 4))", "net = ("):
        try:
            str(parse_pytorch(text, (1, 28, 28)))
        except UserError as error:
            str(error)
    return _Watch()


def _read(text: str) -> str:
    try:
        return f"{len(parse_pytorch(text, (3, 32, 32)).nodes)} nodes"
    except UserError as error:
        return str(error)


def test_a_thousand_hostile_texts_run_import_and_open_nothing(watch: _Watch) -> None:
    for text in texts(1000, seed=7):
        watch.on = True
        try:
            answer = _read(text)
        finally:
            watch.on = False
        assert answer
        assert not watch.events, (text, watch.events)


@pytest.mark.parametrize("number", range(len(_STATEMENTS)))
def test_no_hostile_statement_takes_much_memory(number: int) -> None:
    tracemalloc.start()
    try:
        _read(_STATEMENTS[number])
        assert tracemalloc.get_traced_memory()[1] < ALLOWED_BYTES
    finally:
        tracemalloc.stop()


def test_the_hook_sees_what_it_must(watch: _Watch) -> None:
    watch.on = True
    try:
        exec("1")
    finally:
        watch.on = False
    assert any(event.startswith("exec") for event in watch.events)
    watch.events.clear()
