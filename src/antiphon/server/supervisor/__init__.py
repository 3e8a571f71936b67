"""Several API processes on one socket: who starts and replaces them, and what each of them runs."""
