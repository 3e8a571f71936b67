"""How a command ends: 0, 1 with the server's error on standard error, 2 for a mistake in how it was called."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from antiphon.cli.api.output import Output, render_line
from antiphon.client import ClientError, ConnectionFailed, ServerError

FAILED, INTERRUPTED = 1, 130
HINT = "Is the server running? `antiphon serve` starts one here; --base-url says where another one is."


@contextmanager
def exits(errors: Output) -> Iterator[None]:
    """Turns what went wrong into a sentence, or the server's own error, and a status. errors: where these are shown."""
    try:
        yield
    except ServerError as error:
        if not isinstance(error.body, dict):
            sys.exit(f"antiphon: {error}")
        errors.show(error.body, render_line(error.body))
        sys.exit(FAILED)
    except ConnectionFailed as error:
        sys.exit(f"antiphon: {error} {HINT}")
    except ClientError as error:
        sys.exit(f"antiphon: {error}")
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:  # whoever reads has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
