"""Running the whole portal on one machine: web server, worker, beat and, if need be, Redis."""
