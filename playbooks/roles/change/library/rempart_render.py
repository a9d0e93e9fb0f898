#!/usr/bin/python
"""What ``action_plugins/rempart_render.py`` does on the controller; nothing of it runs on a host."""

DOCUMENTATION = r"""
module: rempart_render
short_description: Render the fixes of a host, and ask what they read at once
description:
  - An action plugin of this name goes through the files of the fixes that the play does. What they read is asked by
    C(rempart_read), what they declare is handed in to C(rempart_fix). Files that hold anything else are left to
    Ansible.
author: The Rempart team
"""

EXAMPLES = r"""
- name: Read what the fixes ask for
  rempart_render:
"""

RETURN = r"""
ansible_facts:
  description: What was read, what is handed in, and which fixes are left to Ansible.
  type: dict
  returned: always
"""
