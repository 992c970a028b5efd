"""Topics, frames and what is sent when."""
