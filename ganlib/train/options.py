"""The command line: NAME chooses the class, and with it the options and their defaults."""

from argparse import Action, ArgumentDefaultsHelpFormatter, ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Container, Iterable
from pathlib import Path
from textwrap import fill

import torch

from ganlib import losses, runtime
from ganlib.data.avatars import CAPTIONED, STYLES
from ganlib.gans import GAN
from ganlib.models import NORMS
from ganlib.train import networks, sources
from ganlib.train.recipes import OPTIMIZERS, own_settings, plain, recipe, variants

PROGRAM = "python -m ganlib train"
PLACES = ("out", "resume", "overwrite", "device")  # where a run lies and computes, how it begins: no settings of it
FREE = ("steps", "every", "workers", "root")  # may change when a run is resumed


def summary(kind: type[GAN]) -> str:
    """What a class is, in one sentence: the beginning of its docstring."""
    return " ".join((kind.__doc__ or kind.__name__).split("\n\n")[0].split())


def overview() -> str:
    """The help that needs no NAME."""
    names = "\n".join(_wrapped(f"  {name}: {summary(kind)}") for name, kind in variants().items())
    return (
        f"usage: {PROGRAM} NAME --data DATA [options]\n\nNAME is one of\n{names}\n\n"
        f"DATA is, for NAMEs that need\n{_data()}\n\n"
        f"{PROGRAM} NAME --help lists the options, with the defaults of NAME's paper.\n\n"
        "The folder runs/NAME-DATA gets samples, metrics.csv, settings.json and checkpoint.pt. A run that was stopped\n"
        "or killed goes on with --resume. Several GPUs, or machines, train together when torchrun starts them:\n"
        "  torchrun --nproc-per-node=GPUS -m ganlib.train NAME --data DATA [options]"
    )


def _data() -> str:
    """What there is to train on, by what is needed."""
    lines = []
    for key, task in sources.TASKS.items():
        names = ", ".join(name for name, kind in variants().items() if recipe(kind).task == key)
        lines += [_wrapped(f"  {task.words} ({names})"), _wrapped(f"    {sources.choices(key)}", 6)]
    return "\n".join(lines)


def _wrapped(text: str, indent: int = 4) -> str:
    return fill(text, 110, subsequent_indent=indent * " ")


def parse(argv: list[str], stored: dict | None = None) -> Namespace:
    """What ``argv`` asks for, and the run's folder. What it leaves open is as in ``stored``, the run to resume, if any.

    Raises: ValueError for another NAME, or for data that are not there; SystemExit, after a message, for what argparse
    refuses.
    """
    name = plain(argv[0])
    if name not in variants():
        raise ValueError(f"NAME = {argv[0]!r}, expected one of {', '.join(variants())}, before all options")
    settings = parser(name, variants()[name]).parse_args(argv[1:], Namespace(**stored or {}))
    settings.name = name
    if settings.data is not None:
        settings.data = sources.canonical(settings.data, name)
        settings.out = settings.out or str(Path("runs", f"{name}-{Path(settings.data).name}"))
    if settings.out is None:
        raise ValueError(f"--data is missing, expected {sources.choices(recipe(variants()[name]).task)}")
    return settings


def complete(settings: Namespace) -> None:
    """Fill in what was not given and depends on the data, the network or the optimizer.

    Raises: ValueError for an option that means nothing there.
    """
    source, paper = sources.source(settings), recipe(variants()[settings.name])
    _refuse(settings, sources.OPTIONS, source.defaults, settings.data)
    size = (settings.size or source.defaults["size"]) if source.pictures else None
    of_networks = networks.defaults(settings, size)
    _refuse(settings, networks.OPTIONS, of_networks, f"{settings.name} on {settings.data}")
    defaults = source.defaults | of_networks | {"batch_size": paper.batch_size if size else 256}
    if settings.optimizer == "adam":
        defaults["betas"] = list(paper.betas or (0.9, 0.999))
    elif settings.betas is not None:
        raise ValueError(f"--betas means nothing for {settings.optimizer}")
    for option, value in defaults.items():
        if getattr(settings, option) is None:
            setattr(settings, option, value)
    settings.root = settings.root and str(Path(settings.root).resolve())


def _refuse(settings: Namespace, options: Iterable[str], known: Container[str], where: str) -> None:
    for option in options:
        if option not in known and getattr(settings, option) is not None:
            raise ValueError(f"--{option.replace('_', '-')} means nothing for {where}")


def check_same(settings: Namespace, stored: dict) -> None:
    """Refuse to resume a run with other settings than it has.

    Raises: ValueError that names them.
    """
    changed = [key for key, value in stored.items() if key not in FREE and getattr(settings, key, None) != value]
    if changed:
        words = ", ".join(f"{key} = {stored[key]!r} and not {getattr(settings, key, None)!r}" for key in changed)
        raise ValueError(f"the run in {settings.out} has {words}; only {', '.join(FREE)} may change on the way")


def kept(settings: Namespace) -> dict:
    """The settings that are stored with a run."""
    return {key: value for key, value in sorted(vars(settings).items()) if key not in PLACES}


def arguments(stored: dict) -> list[str]:
    """The arguments, NAME first, that ask for the settings of a run anew."""
    words = [stored["name"]]
    for option, value in stored.items():
        if option != "name" and value is not None and value is not False:
            values = [] if value is True else value if isinstance(value, list) else [value]
            words += [f"--{option.replace('_', '-')}", *map(str, values)]
    return words


class _Help(ArgumentDefaultsHelpFormatter):
    """Shows the defaults that are known before the data are."""

    def _get_help_string(self, action: Action) -> str | None:
        return action.help if action.default is None or action.nargs == 0 else super()._get_help_string(action)


def _number(kind: type, low: float, open_end: bool = False) -> Callable[[str], float]:
    """A number that is at least ``low``, or above it."""

    def number(text: str) -> float:
        value = kind(text)
        if not (low < value if open_end else low <= value) or value == float("inf"):
            raise ArgumentTypeError(f"{text}, expected a number {'above' if open_end else 'of at least'} {low}")
        return value

    return number


def _device(text: str) -> str:
    """A device that is there. Asking must not wake a GPU: each of several processes will take its own."""
    there = {"cpu": 1}
    if torch.accelerator.is_available():
        there[torch.accelerator.current_accelerator().type] = torch.accelerator.device_count()
    try:
        device = torch.device(text)
    except RuntimeError:
        device = torch.device("meta")
    if (device.index or 0) >= there.get(device.type, 0):
        raise ArgumentTypeError(f"{text!r} is no device of this machine, which has {', '.join(there)}")
    return text


count, rate = _number(int, 1), _number(float, 0, open_end=True)


def parser(name: str, kind: type[GAN]) -> ArgumentParser:
    """The options of a class, with the defaults of its paper."""
    made = ArgumentParser(f"{PROGRAM} {name}", description=summary(kind), formatter_class=_Help, allow_abbrev=False)
    made.add_argument("--data", help=f"{sources.choices(recipe(kind).task)} (required)")
    made.add_argument("--out", help="folder of the run (default: runs/NAME-DATA)")
    again = made.add_mutually_exclusive_group()
    again.add_argument("--resume", action="store_true", help="go on with the run in that folder, if there is one")
    again.add_argument("--overwrite", action="store_true", help="put a new run in the place of the one in that folder")
    _training_options(made.add_argument_group("training"), kind)
    _network_options(made.add_argument_group("networks (defaults depend on the data)"))
    _data_options(made.add_argument_group("data (each is for some data sets only)"))
    return made


def _training_options(group, kind: type[GAN]) -> None:
    paper = recipe(kind)
    group.add_argument("--steps", type=count, default=10_000, help="rounds: n_critic updates of D, then one of G")
    group.add_argument("--every", type=count, default=500, help="steps between samples, metrics and checkpoints")
    of_points = ", points 256" if paper.task == "samples" else ""
    batch = f"of all processes together (default: {paper.batch_size}{of_points})"
    group.add_argument("--batch-size", type=count, help=batch)
    group.add_argument("--optimizer", choices=OPTIMIZERS, default=paper.optimizer, help="of both players")
    group.add_argument("--lr-d", type=rate, default=paper.lr, help="learning rate of the discriminator")
    group.add_argument("--lr-g", type=rate, default=paper.lr, help="learning rate of the generator")
    group.add_argument("--anneal", action="store_true", help="lower both rates linearly to 0 in the second half")
    group.add_argument("--betas", type=float, nargs=2, help=f"of Adam (default: {paper.betas or (0.9, 0.999)})")
    group.add_argument("--n-critic", type=count, default=paper.n_critic, help="updates of D for one of G")
    group.add_argument("--decay", type=float, help="sample from a moving average of G, e.g. 0.999 (default: none)")
    for option, default in own_settings(kind).items():
        more = {"choices": losses.by_name} if option == "loss" else {"type": type(default)}
        group.add_argument(f"--{option.replace('_', '-')}", default=default, help=f"of {kind.__name__}", **more)
    group.add_argument("--seed", type=_number(int, 0), default=0, help="of weights, noise and order of the data")
    group.add_argument("--device", type=_device, default=str(runtime.device()), help="cpu, cuda or mps")
    group.add_argument("--dtype", choices=("float32", "bfloat16"), default="float32", help="bfloat16: mixed precision")
    fast = "CUDA graphs and channels_last on one GPU; a run that is resumed then agrees to rounding, not to the bit"
    group.add_argument("--fast", action="store_true", help=fast)


def _network_options(group) -> None:
    of_noise = "(default: mlp up to 16 pixels and for points, else dcgan); of samples from noise"
    group.add_argument("--network", choices=networks.NETWORKS, help=of_noise)
    group.add_argument("--width", type=count, help="(default: mlp 256, points 128, captions 32, else 64)")
    group.add_argument("--latent-dim", type=count, help="(default: mlp 64, points 2, captions 32, else 100)")
    group.add_argument("--norm-d", choices=NORMS, help="(default: mlp and captions none, else as in the paper)")
    group.add_argument("--norm-g", choices=NORMS, help="(default: mlp none, told something batch, else batch)")
    ways = "how D is told the labels (default: projection); inputs: beside the sample"
    group.add_argument("--told-by", choices=networks.TOLD_BY, help=ways)
    patches = "strided ones in D of pix2pix and cyclegan: 2 for patches of 34 pixels, 3 for 70 (default: 3 above 64 px)"
    group.add_argument("--layers", type=_number(int, 0), help=patches)


def _data_options(group) -> None:
    group.add_argument("--size", type=count, help="side of the pictures in pixels")
    group.add_argument("--style", choices=STYLES, help="of the avatars; for pix2pix and cyclegan, that of the targets")
    told = "of the avatars, that labels or stargan are about (default: all; stargan: hair mouth glasses)"
    group.add_argument("--attributes", nargs="+", choices=CAPTIONED, help=told)
    group.add_argument("--count", type=count, help="how many points or avatars to draw, pictures to take of a folder")
    group.add_argument("--channels", type=int, choices=(1, 3), help="1 for gray, 3 for colour; of a folder")
    right = "the source is the right half of each picture; of a folder of pairs"
    group.add_argument("--backwards", action="store_true", default=None, help=right)
    group.add_argument("--root", help="where mnist, fashion-mnist and cifar10 lie or are downloaded to")
    group.add_argument("--workers", type=_number(int, 0), help="processes that read a folder too large for memory")
