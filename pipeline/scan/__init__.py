"""Pages that are pictures: a page's image in, the same `Page` as from every reader out."""
