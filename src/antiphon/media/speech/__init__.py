"""Text to sound: sentences as they are written, what of them can be said, voices, encoded audio. Synchronous; all of it
runs in the media process. Knows no request and no answer, only text and bytes.
"""
