"""What `?` shows."""

HELP = """\
up down, k j          move
page up/down, ^b ^f   move by a screen; ^u ^d by half a screen
home end, g G         to the beginning, to the end (all that is still to come is fetched)
K J                   to the sibling before, after
right, l              open, then go in
left, h               close, then go out
space                 open or close
enter                 open or close; a value that is neither object nor list is shown whole
e E                   open everything, close everything
p                     show the whole value, long lines wrapped
y Y                   copy the value, its path (where the terminal lets programs copy)
/                     search keys and values, also closed ones; capitals are told apart where you type some
n N                   the next place, the one before
escape                forget the search; leave
q, ^c                 leave

The line at the bottom has the path of the value within its item, as --transform takes it.
"""
