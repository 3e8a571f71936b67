"""`antiphon chat`: a conversation in the terminal.

`command` is where it begins, `loop` reads and answers, `session` is all that a conversation has, `commands` are what
begins with a slash. `conversation`, `answer`, `sampling` and `files` know of no terminal; `prompt` reads from it and
`view` writes to it.
"""
