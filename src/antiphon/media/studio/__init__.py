"""Where media are worked on: processes of their own, so that no decoder's fault and no long job is the server's."""
