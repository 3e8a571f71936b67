"""How a command ends: 0, 1 with the server's error on standard error, 2 for a mistake in how it was called."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from antiphon.cli.api.output import Output, render_line
from antiphon.client import ClientError, ServerError

FAILED, INTERRUPTED = 1, 130


@contextmanager
def exits(errors: Output) -> Iterator[None]:
    """Turns what went wrong into a sentence, or the server's own error, and a status. errors: where these are shown."""
    try:
        yield
    except ServerError as error:
        if isinstance(error.body, dict):
            errors.show(error.body, render_line(error.body))
        else:
            print(f"antiphon: {error}", file=sys.stderr)
        sys.exit(FAILED)
    except ClientError as error:
        print(f"antiphon: {error}", file=sys.stderr)
        sys.exit(FAILED)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:  # whoever read has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
