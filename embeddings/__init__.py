"""The offline half: documents to an index of passages. It knows nothing of questions."""

import os

# onnxruntime reads this when it is loaded; without it, its makers would be told of every process that runs a model.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
