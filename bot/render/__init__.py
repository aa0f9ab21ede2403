"""How figures look: in a terminal, in a spreadsheet, in a file."""
