"""What is published, in its format: an article as text, LaTeX, PDF, HTML, Markdown and JSON, and the shells that reports share.

    files.py    write_whole(path, content): a file is written whole or not at all
    page.py     html_page(title, body, language, style): one offline page; html(text) escapes
    tex.py      standalone(body, title, packages): a document that compiles; prose(text) escapes
    pdf.py      compile_pdf(tex, path): by latexmk; where there is no TeX, the .tex is kept
    formats.py  FORMATS, published(article, format, layout), deliver(article, format, ..): what the commands call

One module a format: text.py, latex.py, webpage.py, markdown.py, data.py. figure.py lays a graph out; drawing.py, svg.py and
dot.py draw it. Import the module that has the function: nothing is imported here.
"""
