"""Where text goes and how it is laid out: files, directories, terminal lines, Markdown, XML."""
