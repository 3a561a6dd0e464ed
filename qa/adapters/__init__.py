"""Retrievers for LangChain, LlamaIndex and Haystack: a module and an extra of its own for each (docs/adapters.md)."""

import os

# Haystack tells its makers of every pipeline that runs, unless this is set when it is imported. Nothing leaves this
# machine without having been asked for.
os.environ.setdefault("HAYSTACK_TELEMETRY_ENABLED", "False")
