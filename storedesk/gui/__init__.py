"""The window: pages, widgets and the two lanes that keep it from ever waiting."""
