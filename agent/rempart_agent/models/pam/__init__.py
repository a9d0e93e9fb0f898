"""PAM: whom a service lets in, evaluated as libpam walks its stack over all outcomes of the modules.

``syntax`` reads a file as libpam does, ``handlers`` builds a service's stacks, ``facts`` knows what each module can
return and what that proves, ``search`` walks a stack over all of it, ``outcome`` puts the questions. Held against
libpam itself by ``tests/models/pam``.
"""
