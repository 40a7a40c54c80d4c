"""Mathematics as it looks: a presentation tree, what makes it, and what prints it.

    boxes.py        the tree: `Box`, a closed union of immutable values
    styles.py       `Style`, how every role is written: DEFAULT, PAPER, CS231N, PRESETS; style.with_lets(lets),
                    style.notation() (which reads it back), style_of(notation) (in the user's own letters)
    of_meaning.py   box_of(meaning, style), boxes_of(meanings, style), equation_box(left, right, style),
                    statement_box(equation, style) with its conditions
    of_tree.py      box_of_tree(node, text, marks), box_of_source(text, marks): the author's own names and layout
    latex.py        to_latex(box, colours)
    aligned.py      page_latex(box, width), chain_latex(members, relations, width): for display mathematics, broken to fit
    mathml.py       to_mathml(box, display)
    text.py         to_text(box): one line of Unicode
    lines.py        to_lines(box, width, ascii, colours), chain_lines(members, relations, width, ..): for the terminal

Sides that belong together go through `boxes_of` together, which keeps their index letters the same. Import the module that
has the function: nothing is imported here, since most commands typeset nothing.
"""
