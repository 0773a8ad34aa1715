"""Recognising what a text is about: a small linear model, trained here, shipped trained."""
