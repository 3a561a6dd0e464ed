"""Search structures: each adds and searches, nothing else."""
