"""Charts, defined once as Vega-Lite for the page, the image addresses, and notebooks."""
