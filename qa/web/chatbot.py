"""A chat whose visitor's messages are plain text too: Gradio would render them as Markdown and HTML."""

import html
from typing import Any

import gradio as gr

from qa.web.text import escape


class PlainChatbot(gr.Chatbot):
    """Shows what a visitor typed as it was typed. Answers are made of HTML by `qa.web.sources`, escaped there."""

    is_template = True  # Gradio's word for: shown by the parent's component

    def postprocess(self, value: Any) -> Any:
        """Escape what is about to be shown."""
        data = super().postprocess(value)
        return self._with_text(data, escape)

    def preprocess(self, payload: Any) -> Any:
        """Undo it for what comes back, so that a question can be asked again or edited."""
        return super().preprocess(self._with_text(payload, html.unescape))

    @staticmethod
    def _with_text(data: Any, change: Any) -> Any:
        for message in data.root if data is not None else ():
            if message.role == "user":
                for content in message.content:
                    if getattr(content, "type", "") == "text":
                        content.text = change(content.text)
        return data
