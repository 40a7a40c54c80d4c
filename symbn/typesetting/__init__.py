"""Mathematics as it looks: a presentation tree, what makes it, and what prints it.

    boxes.py        the tree: `Box`, a closed union of immutable values
    styles.py       `Style`, how every role is written: DEFAULT, PAPER, CS231N, with_lets, style_of(notation)
    of_meaning.py   box_of(meaning, style), boxes_of(meanings, style), equation_box(left, right, style)
    of_tree.py      box_of_tree(node, text, marks), box_of_source(text, marks): the author's own layout
    latex.py        to_latex(box, colours)

Import the module that has the function: nothing is imported here, since most commands typeset nothing.
"""
