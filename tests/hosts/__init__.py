"""Several hosts on one machine: network namespaces with a bridge between them, where the system allows that."""
