"""The one place that knows socket.io: topics, and frames sent to everyone who listens to one."""
