"""Figures, and views that follow a run. Import this as ``from ganlib import viz``."""

from ganlib.viz import layers
from ganlib.viz.attributes import AttributeEditor
from ganlib.viz.canvas import Canvas
from ganlib.viz.captions import CaptionBox
from ganlib.viz.checklist import checklist_diagram
from ganlib.viz.clinic import Clinic, run_overview
from ganlib.viz.conditions import ConditionStudio
from ganlib.viz.critic_lab import CriticLab
from ganlib.viz.cycle import CycleViewer
from ganlib.viz.densities import DensityExplorer, DensityLab
from ganlib.viz.diagrams import cycle_diagram, gan_diagram, training_step_diagram
from ganlib.viz.drawing import DrawingCanvas
from ganlib.viz.earth_mover import EarthLevel, EarthMover
from ganlib.viz.effects import effect_plot
from ganlib.viz.events import Events
from ganlib.viz.explorer import Explorer
from ganlib.viz.figure_widget import FigureWidget
from ganlib.viz.figures import draw_images, draw_losses, draw_points, draw_verdict, image_grid, image_strip, mosaic
from ganlib.viz.gallery import Gallery
from ganlib.viz.ganlab import GANLab
from ganlib.viz.latent import LatentExplorer
from ganlib.viz.learning_curves import LearningCurves
from ganlib.viz.live import TrainingView
from ganlib.viz.metrics_dashboard import MetricsDashboard
from ganlib.viz.player import Player
from ganlib.viz.point_canvas import PointCanvas, PointGroup
from ganlib.viz.precision_recall import PrecisionRecallLab
from ganlib.viz.prediction import Prediction
from ganlib.viz.style import DARK, LIGHT, Picture, Theme, theme
from ganlib.viz.transposed import TransposedConvolution
from ganlib.viz.two_models import TwoModels

__all__ = [
    "DARK",
    "LIGHT",
    "AttributeEditor",
    "Canvas",
    "CaptionBox",
    "Clinic",
    "ConditionStudio",
    "CriticLab",
    "CycleViewer",
    "DensityExplorer",
    "DensityLab",
    "DrawingCanvas",
    "EarthLevel",
    "EarthMover",
    "Events",
    "Explorer",
    "FigureWidget",
    "GANLab",
    "Gallery",
    "LatentExplorer",
    "LearningCurves",
    "MetricsDashboard",
    "Picture",
    "Player",
    "PointCanvas",
    "PointGroup",
    "PrecisionRecallLab",
    "Prediction",
    "Theme",
    "TrainingView",
    "TransposedConvolution",
    "TwoModels",
    "checklist_diagram",
    "cycle_diagram",
    "draw_images",
    "draw_losses",
    "draw_points",
    "draw_verdict",
    "effect_plot",
    "gan_diagram",
    "image_grid",
    "image_strip",
    "layers",
    "mosaic",
    "run_overview",
    "theme",
    "training_step_diagram",
]
