"""Small widgets that pages are put together from; none knows a desk."""
