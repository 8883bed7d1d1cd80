"""From pictures to features: by the course's own classifiers, by pixels, or by Inception where it is installed."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from pickle import UnpicklingError

import torch
import torch.nn.functional as F
from torch import Tensor
from tqdm.auto import tqdm

from ganlib.metrics.avatar_classifier import COMBINED, avatar_classifier
from ganlib.metrics.digit_classifier import digit_classifier
from ganlib.metrics.statistics import check_features

INCEPTION_FILE = "weights-inception-2015-12-05-6726825d.pth"  # the last part is the beginning of its SHA-256
INCEPTION_VARIABLE = "GANLIB_INCEPTION"
WHERE_FROM = "torch-fidelity's release v0.2.0 has them (96 MB); metrics.inception_extractor(download=True) fetches them"
SHOWN_AFTER_S = 3


@dataclass(frozen=True)
class Features:
    """What an extractor makes of N pictures: numbers that mean something only beside others of the same extractor.

    - ``values``: (N, d) float32.
    - ``probabilities``: of classes, (N, C), rows that sum to 1; None where the extractor knows no classes.
    - ``extractor``: its name.
    """

    values: Tensor
    probabilities: Tensor | None
    extractor: str

    def __post_init__(self):
        check_features("values", self.values)

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True)
class Extractor:
    """What turns pictures into features. Any function or module does:

        encoder = MyNetwork().eval()
        features = metrics.extract(images, metrics.Extractor("my encoder", encoder))

    - ``name``: what scores say they were measured with; another network or other weights need another name.
    - ``features``: pictures (n, C, H, W) in [-1, 1] to (n, d), or to more axes, which are flattened.
    - ``probabilities``: those features to the probabilities of classes, (n, d) to (n, C), if there are classes.
    - ``batch``: how many pictures at a time.
    """

    name: str
    features: Callable[[Tensor], Tensor]
    probabilities: Callable[[Tensor], Tensor] | None = None
    batch: int = 500


def extract(images: Tensor, extractor: str | Extractor) -> Features:
    """The features of pictures (N, C, H, W) in [-1, 1], some at a time, on the device where they are.

    The extractors that have names:

    - ``"digits"``: the layer before the logits of the judge of digits, d = 64, and its 10 classes. C = 1.
    - ``"avatars"``: the same of the judge of avatars, d = 64. Its classes are the 64 combinations of hair colour,
      hairstyle and glasses; it reads them apart, so the probability of a combination is the product of three. C = 3.
    - ``"pixels"``: the pictures themselves, d = C H W.
    - ``"thumbnails"``: the pictures averaged down to 8 x 8, d = 64 C: colours and layout, no detail.
    - ``"inception"``: see ``inception_extractor``. Its scores can be compared with those of papers, if N agrees, too.

    Raises: ValueError for an unknown name, another shape, or values that are not finite; for ``"inception"`` also
    ImportError and FileNotFoundError that say what is missing.
    """
    if images.dim() != 4 or not len(images):
        raise ValueError(f"images has shape {tuple(images.shape)}, expected (N, C, H, W) with N at least 1")
    if not images.isfinite().all():
        raise ValueError("images holds NaN or infinity, expected values in [-1, 1]")
    if isinstance(extractor, str):
        if extractor not in EXTRACTORS:
            raise ValueError(f"extractor = {extractor!r}, expected an Extractor or one of {', '.join(EXTRACTORS)}")
        extractor = EXTRACTORS[extractor](images.device)
    parts = tqdm(images.detach().split(extractor.batch), extractor.name, delay=SHOWN_AFTER_S, leave=False, disable=None)
    with torch.inference_mode():
        values = [extractor.features(x.float()).flatten(1) for x in parts]
        classes = [extractor.probabilities(v) for v in values] if extractor.probabilities else None
    return Features(torch.cat(values), torch.cat(classes) if classes else None, extractor.name)


def inception_extractor(
    weights: str | Path | None = None, *, download: bool = False, device: torch.device | str = "cpu"
) -> Extractor:
    """The Inception network that published scores use: its 2048 pool features, and probabilities of 1008 classes.

    The network, the weights and the resizing to 299 x 299 are torch-fidelity's ("inception-v3-compat"), which repeat
    those of TensorFlow's network of 2015: bilinear without antialiasing, corners placed as TensorFlow 1 did. Pictures
    are rounded to bytes first, values beyond [-1, 1] clipped, and one channel is shown as three. The probabilities are
    the softmax of the logits without their bias, as in the published Inception Score.

    The weights are read from ``weights``, else from the file that the environment variable ``GANLIB_INCEPTION`` names,
    else from torch hub's folder of checkpoints. Nothing is fetched unless ``download`` says so. Weights other than the
    published ones are told apart by name.

    Raises: ImportError without torch-fidelity; FileNotFoundError without weights; ValueError for a file that holds
    none.

    Source: Szegedy et al. 2016, arXiv 1512.00567; Heusel et al. 2017, arXiv 1706.08500, section 4.
    """
    if find_spec("torch_fidelity") is None:
        raise ImportError("the extractor 'inception' needs torch-fidelity: pip install torch-fidelity")
    path = Path(weights) if weights else inception_weights()
    if download and not path.is_file():
        _download(path)
    if not path.is_file():
        raise FileNotFoundError(f"no weights of Inception at {path}: {WHERE_FROM}")
    return _inception(path.resolve(), path.stat().st_mtime_ns, str(device))


def inception_weights() -> Path:
    """Where the weights of Inception are looked for; the file need not exist."""
    named = os.environ.get(INCEPTION_VARIABLE)
    return Path(named) if named else Path(torch.hub.get_dir()) / "checkpoints" / INCEPTION_FILE


def has_inception() -> bool:
    """Whether torch-fidelity is installed and the weights are where they are looked for."""
    return find_spec("torch_fidelity") is not None and inception_weights().is_file()


def _download(path: Path) -> None:
    from torch_fidelity.feature_extractor_inceptionv3 import URL_INCEPTION_V3

    path.parent.mkdir(parents=True, exist_ok=True)
    torch.hub.download_url_to_file(URL_INCEPTION_V3, str(path), hash_prefix=_stamp(INCEPTION_FILE))


@lru_cache(maxsize=2)
def _inception(path: Path, changed: int, device: str) -> Extractor:
    from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3

    try:
        torch.load(path, map_location="cpu", weights_only=True)  # torch-fidelity would run code that a file holds
        with torch.random.fork_rng([]):  # and draws initial weights
            network = FeatureExtractorInceptionV3("inception-v3-compat", ["2048"], str(path)).to(device)
    except (RuntimeError, UnpicklingError, EOFError) as error:
        raise ValueError(f"weights = {path}: damaged, or no weights of torch-fidelity's Inception") from error
    stamp = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
    name = "inception" if stamp == _stamp(INCEPTION_FILE) else f"inception {stamp}"
    return Extractor(name, lambda x: network(_bytes(x))[0], lambda v: v.mm(network.fc.weight.T).softmax(1), batch=64)


def _stamp(file: str) -> str:
    return Path(file).stem.rsplit("-", 1)[1]


def _bytes(images: Tensor) -> Tensor:
    """Pictures (N, 1 or 3, H, W) in [-1, 1] as they would be saved: (N, 3, H, W) uint8."""
    if images.shape[1] not in (1, 3):
        raise ValueError(f"images has shape {tuple(images.shape)}, expected (N, 1, H, W) or (N, 3, H, W)")
    return images.add(1).mul(127.5).round().clamp(0, 255).to(torch.uint8).expand(-1, 3, -1, -1)


@cache
def _digits(device: torch.device) -> Extractor:
    judge = digit_classifier().to(device)
    return Extractor("digits", judge.features, lambda v: judge.head(v).softmax(1))


@cache
def _avatars(device: torch.device) -> Extractor:
    judge = avatar_classifier().to(device)

    def combinations(values: Tensor) -> Tensor:
        logits = judge.logits(values)
        hair, style, glasses = (logits[name].softmax(1) for name in COMBINED)
        return torch.einsum("ni,nj,nk->nijk", hair, style, glasses).flatten(1)

    return Extractor("avatars", judge.features, combinations)


EXTRACTORS: dict[str, Callable[[torch.device], Extractor]] = {
    "digits": _digits,
    "avatars": _avatars,
    "pixels": lambda _: Extractor("pixels", lambda images: images),
    "thumbnails": lambda _: Extractor("thumbnails", lambda images: F.adaptive_avg_pool2d(images, 8)),
    "inception": lambda device: inception_extractor(device=device),
}
