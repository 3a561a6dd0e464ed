"""Start the page in a Hugging Face Space: everybody reads what is in `seeds/`, and nobody uploads anything.

Takes the place of the project's app.py in the Space: see docs/deployment.md.
"""

import os
import sys

from qa.cli import main

if __name__ == "__main__":
    # The Space's proxy connects from another machine, so it is said that no login is meant.
    sys.exit(
        main(
            [
                *("serve", "--host", "0.0.0.0", "--port", "7860", "--without-login"),  # noqa: S104
                *("--behind-proxy", "--allow-host", os.environ["SPACE_HOST"]),
                *("--allow-frame", "https://huggingface.co", "--uploads", "off"),
            ]
        )
    )
