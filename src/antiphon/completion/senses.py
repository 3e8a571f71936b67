"""Whom the completion asks for what is not text, and their faults as errors of ours with a place in the request."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from antiphon.errors import FeatureNotInstalled, InternalError, InvalidMedium, MediaCrowded, MediaUnavailable
from antiphon.media.absent import AbsentError
from antiphon.media.fetch.fetcher import Fetcher
from antiphon.media.missing import MissingExtra
from antiphon.media.studio.process import StudioFault
from antiphon.media.studio.studio import CrowdedError, Studio
from antiphon.media.unreadable import UnreadableError
from antiphon.store.files.files import Files
from antiphon.store.recordings import Recordings

log = logging.getLogger(__name__)


class Senses(NamedTuple):
    """studio: decodes, hears and speaks. fetcher: of URLs. files: uploads. recordings: spoken answers of before."""

    studio: Studio
    fetcher: Fetcher
    files: Files
    recordings: Recordings

    async def close(self) -> None:
        """End what they have running."""
        await self.studio.close()
        await self.fetcher.close()


@contextmanager
def faults_at(place: str, kind: str) -> Iterator[None]:
    """What goes wrong in the block, as an `ApiError`. place: in the request. kind: `image`, `audio`, `file`."""
    try:
        yield
    except UnreadableError as unreadable:
        raise InvalidMedium(kind, place, unreadable.reason) from None
    except MissingExtra as missing:
        raise FeatureNotInstalled(place, missing.extra) from None
    except AbsentError as absent:
        log.error("%s", absent)
        raise MediaUnavailable(place) from None
    except CrowdedError:
        raise MediaCrowded from None
    except StudioFault as fault:
        raise InternalError from fault
