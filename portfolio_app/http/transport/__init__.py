"""HTTP and websockets: middleware, frames, push, errors, tracing, the current caller."""
