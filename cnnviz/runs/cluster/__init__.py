"""Runs on a Ray cluster: one queue for all servers, and an actor for each run.

Used with `CNNVIZ_EXECUTOR=ray`; what imports ray runs in the process of `bridge` or on the cluster.
"""
