"""An index whose vectors and tokens are kept by Milvus, on one machine or many; docs/scale.md says how to run it."""
