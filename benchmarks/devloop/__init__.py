"""The developer's loop: from saving a file to seeing it in an open page, beside a blank app of the framework."""
