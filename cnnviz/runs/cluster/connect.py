"""This process as a part of the cluster."""

import socket

import ray

from cnnviz.errors import UserError
from cnnviz.runs.atomic_files import error_reason
from cnnviz.runs.cluster.cluster_settings import ADDRESS, NAMESPACE, cluster_address

PATIENCE = 5.0
"""Seconds that the head has to take a connection; Ray itself would wait for minutes."""


def connect() -> None:
    """Join the cluster of `RAY_ADDRESS`.

    Raises:
        UserError: `ray_unreachable`.
    """
    address = cluster_address()
    try:
        if ":" in address and "://" not in address:
            host, _, port = address.rpartition(":")
            socket.create_connection((host.strip("[]"), int(port)), PATIENCE).close()
        ray.init(address=address, namespace=NAMESPACE, log_to_driver=False, configure_logging=False)
    except Exception as error:
        raise unreachable(error) from error


def unreachable(error: BaseException) -> UserError:
    """Return the sentence for a cluster that does not answer."""
    return UserError("ray_unreachable", address=cluster_address(), why=error_reason(error)[:200], variable=ADDRESS)
