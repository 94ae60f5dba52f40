"""Importing a foreign list: finding its header, what its columns mean, what its rows become.

Pure: tables and what is known come in, a plan comes out. ``operations.imports`` meets the desk.
"""
