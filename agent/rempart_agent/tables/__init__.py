"""Tables: the sources of rows, one module each; ``contract`` says what a module offers."""
