"""A small assignment: two functions, judged on tensors that a hidden seed draws."""

from typing import NamedTuple

import torch

from ganlib.checks.core import CheckFailed, expect, expect_close


class Part(NamedTuple):
    points: float
    names_needed: tuple
    run: object


def rows(properties):
    for name, points, test in properties:
        try:
            test()
        except CheckFailed as failure:
            yield name, 0, points, str(failure)
        except Exception as error:
            yield name, 0, points, f"stopped with {type(error).__name__}: {error}"
        else:
            yield name, points, points, ""


def run_double(namespace, seed):
    x = torch.randn(5, generator=torch.Generator().manual_seed(seed))
    answer = namespace["double"]

    def shape():
        got = answer(x.clone())
        expect(isinstance(got, torch.Tensor) and got.shape == x.shape, "it has another shape than x")

    def values():
        expect_close(answer(x.clone()), 2 * x, {"it is the half": x / 2}, "it is not 2 x")

    return list(rows([("shape", 10, shape), ("values", 50, values)]))


def run_total(namespace, seed):
    x = torch.randn(4, generator=torch.Generator().manual_seed(seed + 1))
    return list(
        rows([("sum", 40, lambda: expect(abs(float(namespace["total"](x)) - float(x.sum())) < 1e-5, "no sum"))])
    )


PARTS = {"double": Part(60, ("double",), run_double), "total": Part(40, ("total",), run_total)}
CANARIES = {"double": ({"double": lambda x: x / 2},)}
