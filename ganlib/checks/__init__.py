"""Answers to exercises, judged with a diagnosis: one function for each exercise, named after what it checks.

A check prints what is right or wrong and returns True or False. With the environment variable ``GANLIB_STRICT=1`` a
wrong answer raises ``CheckFailed`` instead. ``checks.wgan`` holds those of the WGAN-GP assignment; its
``wgan.generator_loss`` is the Wasserstein loss, and ``checks.generator_loss`` the non-saturating one of chapter 02.
"""

from ganlib.checks.alarms import diverged, pair_accuracy, spread_ratio
from ganlib.checks.codes import information_bound
from ganlib.checks.conditional import condition_planes
from ganlib.checks.convolutions import output_padding, overlap_count, transposed_by_zeros
from ganlib.checks.core import CheckFailed
from ganlib.checks.critics import lipschitz_constant, penalised_slope, wasserstein_losses
from ganlib.checks.cycles import cycle_loss, identity_loss
from ganlib.checks.frechet import frechet_distance
from ganlib.checks.game import accuracy, play
from ganlib.checks.gradient_alarms import gradient_norm, right_signs
from ganlib.checks.inception import inception_score
from ganlib.checks.iteration import training_step
from ganlib.checks.kernel_distance import kid
from ganlib.checks.latent import slerp
from ganlib.checks.manifolds import precision_recall
from ganlib.checks.many_domains import inverse_permutation, stargan_losses
from ganlib.checks.merging import merge
from ganlib.checks.minimax import discriminator_loss, generator_loss
from ganlib.checks.optimal import js_divergence, optimal_discriminator, value_estimate
from ganlib.checks.own_patient import own_patient
from ganlib.checks.paired import pix2pix_loss, receptive_field
from ganlib.checks.pairs import three_pairs_loss
from ganlib.checks.past_fakes import exchange
from ganlib.checks.patch_scores import least_squares_loss
from ganlib.checks.pixel_by_pixel import sample_pixels
from ganlib.checks.ratios import density_ratio, reweighted_mean
from ganlib.checks.start_here import fake_batch
from ganlib.checks.tricks import feature_matching_loss, minibatch_similarity, smoothed_loss
from ganlib.checks.two_models import fit_gaussian, posterior, rank, responsibilities
from ganlib.checks.wasserstein import least_price, w1_sorted
from ganlib.checks.wgan import (
    clip_weights,
    critic,
    critic_loss,
    critic_step,
    generator_step,
    gradient_penalty,
    optimizers,
    training_loop,
)

__all__ = [
    "CheckFailed",
    "accuracy",
    "clip_weights",
    "condition_planes",
    "critic",
    "critic_loss",
    "critic_step",
    "cycle_loss",
    "density_ratio",
    "discriminator_loss",
    "diverged",
    "exchange",
    "fake_batch",
    "feature_matching_loss",
    "fit_gaussian",
    "frechet_distance",
    "generator_loss",
    "generator_step",
    "gradient_norm",
    "gradient_penalty",
    "identity_loss",
    "inception_score",
    "information_bound",
    "inverse_permutation",
    "js_divergence",
    "kid",
    "least_price",
    "least_squares_loss",
    "lipschitz_constant",
    "merge",
    "minibatch_similarity",
    "optimal_discriminator",
    "optimizers",
    "output_padding",
    "overlap_count",
    "own_patient",
    "pair_accuracy",
    "penalised_slope",
    "pix2pix_loss",
    "play",
    "posterior",
    "precision_recall",
    "rank",
    "receptive_field",
    "responsibilities",
    "reweighted_mean",
    "right_signs",
    "sample_pixels",
    "slerp",
    "smoothed_loss",
    "spread_ratio",
    "stargan_losses",
    "three_pairs_loss",
    "training_loop",
    "training_step",
    "transposed_by_zeros",
    "value_estimate",
    "w1_sorted",
    "wasserstein_losses",
]
