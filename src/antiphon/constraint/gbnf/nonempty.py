"""Which nodes match the empty text, and what they match besides.

A repetition of what may be empty is the same as one of what may not, and llama.cpp wants the second: it takes the first
for left recursion. Knows no notation.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Mapping

from antiphon.constraint.gbnf.expression import (
    ANY_TEXT,
    EMPTY,
    Both,
    Chars,
    Choice,
    Lexeme,
    Node,
    Not,
    Ref,
    Repeat,
    Sequence,
    choice,
    names_in,
    repeat,
    sequence,
)
from antiphon.constraint.gbnf.fault import NotExpressible

SOME = "/some"
"""Behind a name: what it matches, but for the empty text. No name of a client's has a slash."""
MOST_NODES = 100_000


def find_names(definitions: Mapping[str, Node], holds: Callable[[Node, set[str]], bool]) -> set[str]:
    """The names of whose definition this holds, given those of which it holds: the fewest that fit."""
    users = defaultdict(list)
    for name, node in definitions.items():
        for used in names_in(node):
            users[used].append(name)
    found: set[str] = set()
    todo, waiting = deque(definitions), set(definitions)
    while todo:
        name = todo.popleft()
        waiting.discard(name)
        if name not in found and holds(definitions[name], found):
            found.add(name)
            new = [user for user in users[name] if user not in waiting]
            todo += new
            waiting.update(new)
    return found


def is_nullable(node: Node, nullable: set[str]) -> bool:
    """Whether it matches the empty text, where these names do."""
    match node:
        case Chars():
            return False
        case Sequence(items=nodes) | Both(operands=nodes):
            return all(is_nullable(inner, nullable) for inner in nodes)
        case Choice(options=nodes):
            return any(is_nullable(inner, nullable) for inner in nodes)
        case Repeat(item=inner, least=least):
            return least == 0 or is_nullable(inner, nullable)
        case Not(operand=inner):
            return not is_nullable(inner, nullable)
        case Ref(name=name) | Lexeme(name=name):
            return name in nullable


class Nonempty:
    """Rewrites definitions so that no repetition is of what may be empty. Adds a definition for each name of which it
    needs what is not empty. terminals: whether places of terminals shall be of what is not empty, too.
    """

    def __init__(self, definitions: Mapping[str, Node], *, terminals: bool = False) -> None:
        self.definitions = definitions
        self.terminals = terminals
        self.nullable = find_names(definitions, is_nullable)
        self.wanted: list[str] = []
        self.num_nodes = 0

    def rewrite(self) -> dict[str, Node]:
        """All definitions, and those that were added."""
        written = {name: self.clean(node) for name, node in self.definitions.items()}
        while self.wanted:
            name = self.wanted.pop()
            if name + SOME not in written:
                written[name + SOME] = self.some(self.definitions[name])
        return written

    def clean(self, node: Node) -> Node:
        """The same language."""
        self.count()
        match node:
            case Sequence(items=nodes):
                return sequence(map(self.clean, nodes))
            case Choice(options=nodes):
                return choice(map(self.clean, nodes))
            case Repeat(item=inner, least=least, most=most):
                if not is_nullable(inner, self.nullable):
                    return repeat(self.clean(inner), least, most)
                return repeat(self.part(inner) if most is None else self.some(inner), 0, most)
            case Both(operands=nodes):
                return Both(tuple(map(self.clean, nodes)))
            case Not(operand=inner):
                return Not(self.clean(inner))
            case Lexeme(name=name) if self.terminals and name in self.nullable:
                return choice([self.some(node), EMPTY])
            case Ref(name=name) | Lexeme(name=name):
                return type(node)(name)  # another place
        return node

    def some(self, node: Node) -> Node:
        """The same language without the empty text."""
        self.count()
        if not is_nullable(node, self.nullable):
            return self.clean(node)
        match node:
            case Sequence(items=nodes):
                return choice(sequence(self.begun(nodes[at:])) for at in range(len(nodes)))
            case Choice(options=nodes):
                return choice(map(self.some, nodes))
            case Repeat(item=inner, most=most):
                return repeat(self.some(inner), 1, most)
            case Both(operands=nodes):
                return Both(tuple(map(self.some, nodes)))
            case Not():
                return Both((self.clean(node), repeat(ANY_TEXT.item, 1, None)))
            case Ref(name=name) | Lexeme(name=name):
                self.wanted.append(name)
                return type(node)(name + SOME)
        return node

    def begun(self, nodes: tuple[Node, ...]) -> list[Node]:
        """One after the other, of which the first is not empty."""
        return [self.some(nodes[0]), *map(self.clean, nodes[1:])]

    def part(self, node: Node) -> Node:
        """What any number of these is any number of: something smaller, where that is plain."""
        self.count()
        match node:
            case Sequence(items=nodes) | Choice(options=nodes) if is_nullable(node, self.nullable):
                return choice(map(self.part, nodes))
            case Repeat(item=inner) if is_nullable(node, self.nullable):
                return self.part(inner)
        return self.some(node)

    def count(self) -> None:
        """Raises `NotExpressible` when it becomes too much."""
        self.num_nodes += 1
        if self.num_nodes > MOST_NODES:
            raise NotExpressible("it repeats too much that may be empty")
