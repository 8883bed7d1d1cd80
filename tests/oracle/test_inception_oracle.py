"""The extractor ``inception`` against torch-fidelity's whole pipeline, with random weights: no file is fetched."""

import shutil

import pytest
import torch
from torch import nn

from ganlib import metrics
from ganlib.metrics import extractors

pytestmark = pytest.mark.slow
N = 24


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """A file such as torch-fidelity's, of random numbers that keep the scale of what passes through the layers."""
    theirs = pytest.importorskip("torch_fidelity.feature_extractor_inceptionv3")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(theirs, "load_state_dict_from_url", lambda *_, **__: {})
        patch.setattr(theirs.FeatureExtractorInceptionV3, "load_state_dict", lambda *_, **__: None)
        network = theirs.FeatureExtractorInceptionV3("random", ["2048"])
    torch.manual_seed(0)
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(layer.weight)
    path = tmp_path_factory.mktemp("weights") / "inception.pth"
    torch.save(network.state_dict(), path)
    return path


class Pictures(torch.utils.data.Dataset):
    """Bytes (N, 3, H, W), one at a time."""

    def __init__(self, seed, contrast):
        noise = torch.randn(N, 3, 12, 12, generator=torch.Generator().manual_seed(seed))
        self.bytes = (128 + contrast * noise).clamp(0, 255).to(torch.uint8)

    def __len__(self):
        return N

    def __getitem__(self, i):
        return self.bytes[i]


@pytest.fixture(scope="module")
def pictures():
    return Pictures(0, 60), Pictures(1, 62)


@pytest.fixture(scope="module")
def features(weights, pictures):
    one = metrics.inception_extractor(weights)
    return [metrics.extract(x.bytes / 127.5 - 1, one) for x in pictures]


def test_features_are_torch_fidelity_s_bit_for_bit(weights, pictures, features):
    from torch_fidelity.utils import create_feature_extractor, get_featuresdict_from_dataset

    theirs = create_feature_extractor(
        "inception-v3-compat", ["2048", "logits_unbiased"], cuda=False, feature_extractor_weights_path=str(weights)
    )
    for x, mine in zip(pictures, features, strict=True):
        found = get_featuresdict_from_dataset(x, theirs, 64, cuda=False, save_cpu_ram=True, verbose=False)
        assert torch.equal(mine.values, found["2048"])
        assert torch.equal(mine.probabilities, found["logits_unbiased"].softmax(1))


def test_scores_are_torch_fidelity_s(weights, pictures, features):
    from torch_fidelity import calculate_metrics

    theirs = calculate_metrics(
        input1=pictures[0],
        input2=pictures[1],
        **dict.fromkeys(("fid", "kid", "isc", "prc"), True),
        **{"kid_subset_size": N, "kid_subsets": 1, "isc_splits": 1, "prc_neighborhood": 3},
        feature_extractor="inception-v3-compat",
        feature_extractor_weights_path=str(weights),
        **dict.fromkeys(("cuda", "cache", "verbose"), False),
        save_cpu_ram=True,
    )
    fake, real = features  # their first input is the generated one
    distance = metrics.fid(fake.values, real.values)  # theirs adds the roots of 2,000 eigenvalues that are 0 but for
    assert distance == pytest.approx(theirs["frechet_inception_distance"], rel=1e-5)  # rounding: so few pictures
    mine = metrics.inception_score(fake.probabilities).value
    assert mine == pytest.approx(theirs["inception_score_mean"], rel=1e-6)
    kernel = metrics.kid(fake.values, real.values).value  # theirs is a sum of float32 powers
    assert kernel == pytest.approx(theirs["kernel_inception_distance_mean"], abs=1e-5)
    precision, recall = metrics.precision_recall(real.values, fake.values)
    assert 0 < recall and (precision, recall) == pytest.approx((theirs["precision"], theirs["recall"]), abs=1e-6)


def test_the_distance_is_torch_fidelity_s_where_it_is_well_posed(features):
    """With fewer features than pictures no eigenvalue is 0."""
    from torch_fidelity.metric_fid import fid_features_to_statistics, fid_statistics_to_metric

    some = [x.values[:, ::128].double() for x in features]
    theirs = fid_statistics_to_metric(*map(fid_features_to_statistics, some), verbose=False)
    assert metrics.fid(*some) == pytest.approx(theirs["frechet_inception_distance"], rel=1e-6)


def test_other_weights_have_another_name(weights, features):
    name = features[0].extractor
    assert name.startswith("inception ") and name != "inception" and metrics.inception_extractor(weights).name == name


def test_the_variable_names_the_weights(weights, monkeypatch):
    monkeypatch.setenv("GANLIB_INCEPTION", str(weights))
    assert metrics.has_inception() and metrics.inception_weights() == weights
    grey = torch.zeros(1, 1, 8, 8)
    found = metrics.extract(grey, "inception")
    assert torch.equal(found.values, metrics.extract(grey.expand(1, 3, 8, 8), "inception").values)


def test_weights_are_fetched_only_when_that_is_said(weights, monkeypatch, tmp_path):
    fetched = []

    def fetch(url, path, hash_prefix):
        fetched.append((url, hash_prefix))
        shutil.copy(weights, path)

    monkeypatch.setattr(torch.hub, "download_url_to_file", fetch)
    monkeypatch.setenv("GANLIB_INCEPTION", str(tmp_path / "new" / "weights.pth"))
    with pytest.raises(FileNotFoundError):
        metrics.inception_extractor()
    assert not fetched
    for _ in range(2):  # the second time it is there
        assert metrics.inception_extractor(download=True).name.startswith("inception")
    ((url, hash_prefix),) = fetched
    assert hash_prefix == "6726825d" and hash_prefix in url


def test_making_it_draws_no_random_numbers(weights):
    extractors._inception.cache_clear()
    before = torch.get_rng_state()
    metrics.inception_extractor(weights)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("content", [b"", b"no weights", None])
def test_damaged_files_are_told(tmp_path, content, weights):
    path = tmp_path / "damaged.pth"
    torch.save({"fc.weight": torch.zeros(3)}, path) if content is None else path.write_bytes(content)
    with pytest.raises(ValueError, match=r"damaged\.pth: damaged, or no weights of torch-fidelity's Inception"):
        metrics.inception_extractor(path)


class Runs:
    """Unpickling it would run code."""

    def __reduce__(self):
        return (pytest.fail, ("code in the file was run",))


def test_code_in_a_file_is_not_run(tmp_path, weights):
    torch.save({"fc.weight": Runs()}, tmp_path / "hostile.pth")
    with pytest.raises(ValueError, match="damaged, or no weights"):
        metrics.inception_extractor(tmp_path / "hostile.pth")


def test_the_file_is_named_as_torch_fidelity_names_it(weights):
    from torch_fidelity.feature_extractor_inceptionv3 import URL_INCEPTION_V3

    assert extractors.INCEPTION_FILE == URL_INCEPTION_V3.rsplit("/", 1)[1]
