"""Forecasts of sources: trained, made, scored and shown.

`work`, `history`, `files`, `scoring`, `training` and `predicting` load the libraries of the forecast, which take
much memory: only the process that works on forecasts imports them. The rest is light.
"""
