"""The commands of ``rempart server``: one module an action; found by name, so that an audit never imports them."""
