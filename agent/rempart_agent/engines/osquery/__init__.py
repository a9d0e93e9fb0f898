"""Answers from osqueryd and osqueryi, and the extension that serves our tables to them."""
