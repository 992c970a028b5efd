"""Steps of the build, which run once: heads, cards and icons, scripts and stylesheets that stand beside the Python."""
