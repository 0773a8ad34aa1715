"""Kubernetes: a kustomize base and an overlay for each size, made from one table."""
