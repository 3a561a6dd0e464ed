"""The page. Gradio is imported here and nowhere else."""
