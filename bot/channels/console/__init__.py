"""The local console: a page in the browser that needs no account."""
