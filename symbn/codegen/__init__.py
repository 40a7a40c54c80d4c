"""Forward and backward functions that are written from proved formulas: one description of the program, five printers."""
