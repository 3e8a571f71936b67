"""`antiphon completion bash|zsh|fish`: what a shell must read to complete our commands and flags."""

import os

import click
from click.shell_completion import BashComplete, ShellComplete, add_completion_class, get_completion_class
from click.shell_completion import split_arg_string as split

from antiphon.cli.main import COMPLETING

SHELLS = ("bash", "zsh", "fish")


class Bash(BashComplete):
    """Bash takes a word with a colon for three, and replaces the last of them: so words are told from the line itself,
    and of what is found only the part behind the last colon is given.
    """

    source_template = """\
%(complete_func)s() {
    local IFS=$'\\n' typed="${COMP_LINE:0:COMP_POINT}" kept="" found
    local word="${typed##*[[:space:]]}"
    [[ $COMP_WORDBREAKS == *:* && $word == *:* ]] && kept="${word%%:*}:"
    COMPREPLY=()
    for found in $(COMP_LINE="$typed" %(complete_var)s=bash_complete $1); do
        case "${found%%%%,*}" in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            *) found="${found#*,}"; COMPREPLY+=("${found#"$kept"}") ;;
        esac
    done
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the one that is being written, and that one."""
        line = os.environ["COMP_LINE"]
        words = split(line)[1:]
        return (words, "") if not words or line[-1:].isspace() else (words[:-1], words[-1])


def register() -> None:
    """Let click know of ours."""
    add_completion_class(Bash)


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print what a shell must read to complete commands and flags.

    \b
    bash: add to ~/.bashrc: eval "$(antiphon completion bash)"
    zsh:  add to ~/.zshrc, after compinit: eval "$(antiphon completion zsh)"
    fish: antiphon completion fish > ~/.config/fish/completions/antiphon.fish
    """
    register()
    kind: type[ShellComplete] | None = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(ctx.find_root().command, {}, "antiphon", COMPLETING).source())
