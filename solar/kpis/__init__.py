"""Key figures of a period: design formulas, section 2. Pure; no clock, network or store."""

from solar.kpis.figures import FIGURES, RADIATION, Installation, KeyFigures, key_figures

__all__ = ["FIGURES", "RADIATION", "Installation", "KeyFigures", "key_figures"]
