"""One HTML page that stands alone: no script, no font, no picture and no style from elsewhere; it is well-formed XML too.

Light and dark follow the reader's system, print is black on white, and 400 pixels are wide enough. Classes for what is inside:

    .display    a formula on its own line; scrolls by itself where the screen is too narrow
    .chain      a derivation (.wide: its head has a row of its own); .rule: why a step holds; .mark: a sign such as a tick
    .proved .refuted .undecided .unreadable    the colour of a verdict; .symbn-wrong .symbn-repaired: parts of a formula
    .scroll     around a table that may be wide; .quiet: small print
"""

from __future__ import annotations

from html import escape

from symbn.typesetting.grid import printable

_SHELL = """
:root { color-scheme: light dark; --ink: #1d2129; --paper: #fdfdfb; --quiet: #5f6672; --line: #dcdfe4; --shade: #f3f4f1;
  --good: #1a7338; --bad: #b3261e; --open: #8a5a00; --link: #1f5fa8; }
@media (prefers-color-scheme: dark) { :root { --ink: #e3e5e8; --paper: #16181c; --quiet: #9aa2ae; --line: #343942;
  --shade: #1f2228; --good: #6fcf8a; --bad: #ff8b80; --open: #e8b860; --link: #84b8f2; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; padding: 1.5rem 1.25rem 4rem; max-width: 52rem; background: var(--paper); color: var(--ink);
  font: 1.0625rem/1.6 Charter, "Bitstream Charter", Georgia, Cambria, serif; overflow-wrap: break-word; }
h1 { font-size: 1.65rem; line-height: 1.3; margin: 1rem 0 .5rem; }
h2 { font-size: 1.2rem; line-height: 1.4; margin: 2.2rem 0 .4rem; padding-top: .9rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.06rem; margin: 1.8rem 0 .4rem; }
nav ol { padding-left: 1.4rem; }
nav li { margin: .45rem 0; }
p { margin: .6rem 0; }
a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: .15em; }
:target { scroll-margin-top: 1rem; background: var(--shade); }
table { border-collapse: collapse; }
th, td { padding: .35rem .9rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { font-weight: 600; border-bottom-width: 2px; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
pre { overflow-x: auto; background: var(--shade); padding: .8rem; }
@media (max-width: 40rem) {
  body { font-size: 1rem; padding: 1rem .9rem 3rem; }
  h1 { font-size: 1.35rem; }
  th, td { padding: .3rem .6rem; }
}
@media print {
  :root { color-scheme: light; --ink: #000; --paper: #fff; --quiet: #444; --line: #bbb; --shade: #fff; --good: #0a5c25;
    --bad: #9c1710; --open: #6b4600; --link: #000; }
  body { max-width: none; padding: 0 .25rem; font-size: 11pt; }
  h1, h2, h3 { break-after: avoid; }
  table { break-inside: avoid; }
}
"""
# In a page of somebody else's the colours have to be readable on white and on black; the text has that of the page.
_COLOURS = "--good: #2f8f52; --bad: #d3544a; --open: #a8741a; --quiet: #808791; --line: #9aa2ae66; --shade: #80808018;"
# What a fragment needs too.
_PARTS = """
math { font-family: "Latin Modern Math", "STIX Two Math", "Cambria Math", math; font-size: 1.06em; }
.display { overflow-x: auto; overflow-y: hidden; padding: .3rem 0; }
.display math { display: inline math; math-style: normal; }
.quiet, .rule { color: var(--quiet); font-size: .9rem; line-height: 1.45; }
.proved, .symbn-proved { color: var(--good); }
.refuted, .symbn-wrong { color: var(--bad); }
.undecided, .unreadable { color: var(--open); }
.symbn-repaired { color: var(--good); font-weight: bold; }
.scroll { overflow-x: auto; margin: .8rem 0; }
pre, code, .symbn-code { font: .88em/1.5 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
math[display="inline"] mfrac { font-size: 1.22em; }
.chain { display: grid; grid-template-columns: max-content minmax(0, auto) minmax(11rem, 1fr); align-items: baseline;
  column-gap: .45rem; row-gap: .35rem; margin: .9rem 0; }
.chain > .side { grid-column: 2; }
.chain > .rule { grid-column: 3; padding-left: 1.4rem; }
.chain.wide { grid-template-columns: 1rem minmax(0, auto) minmax(11rem, 1fr); }
.chain.wide > .head { grid-column: 1 / -1; }
.chain > .display { padding: .15rem 0; }
a.anchor { color: inherit; text-decoration: none; }
a.anchor:hover, a.anchor:focus { text-decoration: underline; }
figure { margin: 1rem 0; }
figure svg { display: block; max-width: 100%; height: auto; }
@media (max-width: 40rem) {
  .chain { grid-template-columns: max-content minmax(0, 1fr); row-gap: .1rem; }
  .chain.wide { grid-template-columns: .4rem minmax(0, 1fr); }
  .chain > .rule { grid-column: 2; padding: 0 0 .5rem 1.2rem; }
}
@media print {
  .chain, figure { break-inside: avoid; }
  .display, .scroll, pre { overflow: visible; }
}
"""


def html(text: str) -> str:
    """Return the text as it has to stand in HTML: nothing in it is markup any more, or a control character."""
    return escape("".join(c if c == "\n" else printable(c) for c in text))


def html_page(title: str, body: str, language: str = "en", style: str = "") -> str:
    """Return the page. title: plain text. body: HTML, well-formed as XML. style: more CSS, of our own."""
    return (
        f'<!DOCTYPE html>\n<html lang="{html(language)}">\n<head>\n<meta charset="utf-8"/>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>\n'
        f"<title>{html(title)}</title>\n<style>{_SHELL}{_PARTS}{style}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def html_fragment(body: str, style: str = "") -> str:
    """Return a part of somebody else's page, with a style that stays inside it. body, style: as in `html_page`."""
    return f'<div class="symbn"><style>.symbn {{ {_COLOURS} {_PARTS} {style} }}</style>\n{body}\n</div>\n'
