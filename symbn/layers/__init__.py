"""The layers symbn knows, each a graph of named nodes. Adding one is adding one file of data and its line here."""

from symbn.layers.batchnorm import batch_norm
from symbn.layers.graph import Graph, Node

__all__ = ["Graph", "Node", "batch_norm"]
