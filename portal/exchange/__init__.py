"""Tables in and out, the dossiers behind a score, and the jobs that carry what takes long."""
