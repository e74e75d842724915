"""ONNX files as networks of the user's own: plain protobuf, read in a process of its own; needs the package `onnx`."""
