"""The mutants of `udfs`: cosmic-ray's operators, the ones that say something."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.operators.operator import Operator
from cosmic_ray.operators.provider import OperatorProvider
from parso.tree import NodeOrLeaf

ROOT = Path(__file__).parents[2]

# One replacement an arithmetic operator, as other tools have it: what a person could mistype.
# cosmic-ray's other ones mostly raise at once (1.0 >> x), which any test notices.
_ARITHMETIC = (
    "Add_Sub", "Sub_Add", "Mul_Div", "Div_Mul", "Pow_Mul", "FloorDiv_Div", "Mod_Div",
    "LShift_RShift", "RShift_LShift", "BitAnd_BitOr", "BitOr_BitAnd", "BitXor_BitAnd",
)  # fmt: skip
# For each comparison three that no others imply (Kaminski, Ammann and Offutt, 2013), with the
# opposite in place of their constant true or false, which cosmic-ray does not have.
_COMPARISONS = (
    "Lt_LtE", "Lt_NotEq", "Lt_GtE", "Gt_GtE", "Gt_NotEq", "Gt_LtE",
    "LtE_Lt", "LtE_Eq", "LtE_Gt", "GtE_Gt", "GtE_Eq", "GtE_Lt",
    "Eq_LtE", "Eq_GtE", "Eq_NotEq", "NotEq_Lt", "NotEq_Gt", "NotEq_Eq", "Is_IsNot", "IsNot_Is",
)  # fmt: skip
OPERATORS = (
    *(f"ReplaceBinaryOperator_{name}" for name in _ARITHMETIC),
    *(f"ReplaceComparisonOperator_{name}" for name in _COMPARISONS),
    *(f"ReplaceUnaryOperator_Delete_{name}" for name in ("USub", "Invert", "Not")),
    "NumberReplacer",
    "AddNot",
    "ReplaceTrueWithFalse",
    "ReplaceFalseWithTrue",
    "ReplaceAndWithOr",
    "ReplaceOrWithAnd",
    "ReplaceBreakWithContinue",
    "ReplaceContinueWithBreak",
    "ExceptionReplacer",
    "ZeroIterationForLoop",
)

Position = tuple[int, int]


@dataclass(frozen=True)
class Mutant:
    """One module with one small mistake in it."""

    module: str  # "udfs/formulas/carry.py"
    function: str  # the outermost function around it; "" where it runs at import
    change: str  # the line, what was there and what is there now in angle quotes
    operator: str
    source: str  # the whole mutated module

    @property
    def name(self) -> str:
        """What tells it from others, whatever stands above it in the file."""
        return f"{self.module} {self.function or '(module)'}: {self.change}"


def modules() -> list[str]:
    """Every module of `udfs`."""
    return [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "udfs").rglob("*.py"))]


def mutants(module: str) -> list[Mutant]:
    """All mutants of a module, in the order of the operators."""
    return list(_mutants(module, (ROOT / module).read_text(encoding="utf-8")))


def _mutants(module: str, source: str) -> Iterator[Mutant]:
    hidden, functions = _places(source)
    nodes = list(ast_nodes(get_ast(source)))
    starts = [0, *accumulate(len(line) for line in source.splitlines(keepends=True))]

    def offset(position: Position) -> int:
        return starts[position[0] - 1] + position[1]

    provider = OperatorProvider()
    for name in OPERATORS:
        operator = provider[name]()
        for node in nodes:
            if node.parent is not None and node.parent.type == "parameters":
                continue  # a bare * is no product
            for index, (start, end) in enumerate(list(operator.mutation_positions(node))):
                if any(low <= start < high for low, high in hidden):
                    continue
                low, high = offset(node.get_start_pos_of_prefix()), offset(node.end_pos)
                code = _code_after(operator, node, index)
                mutated = source[:low] + code + source[high:]
                first, last = offset(start), offset(end)
                now = mutated[first : len(mutated) - len(source) + last].strip()
                if name == "NumberReplacer":
                    now = code.strip()  # what stood before the number is gone
                    if float(source[first:last]) == float(now):
                        continue  # so large that 1 more is the same
                before = source[starts[start[0] - 1] : first]
                after = source[last : starts[end[0]]]
                change = f"{before}«{source[first:last]} → {now}»{after}"
                function = next((f for f, low, high in functions if low <= start < high), "")
                yield Mutant(module, function, " ".join(change.split()), name, mutated)


def _code_after(operator: Operator, node: NodeOrLeaf, index: int) -> str:
    """The node's code once mutated. The tree, which takes long to parse, is left as it was."""
    parts = [node, *getattr(node, "children", [])]
    values = [getattr(part, "value", None) for part in parts]
    code: str = operator.mutate(node, index).get_code()
    if len(parts) > 1:
        node.children = parts[1:]
    for part, value in zip(parts, values, strict=True):
        if value is not None:
            part.value = value
    return code


Span = tuple[Position, Position]


def _places(source: str) -> tuple[list[Span], list[tuple[str, Position, Position]]]:
    """Where no test can see a change, and the bodies of functions and methods."""
    hidden: list[Span] = []
    functions: list[tuple[str, Position, Position]] = []

    def span(node: ast.AST) -> Span:
        return (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)

    def walk(node: ast.AST, path: tuple[str, ...], inside: bool) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef) and not inside:
                functions.append((".".join((*path, child.name)), *span_of_body(child)))
                walk(child, path, True)
            elif isinstance(child, ast.ClassDef) and not inside:
                walk(child, (*path, child.name), False)
            else:
                walk(child, path, inside)

    def span_of_body(function: ast.FunctionDef) -> Span:
        return span(function.body[0])[0], span(function.body[-1])[1]

    tree = ast.parse(source)
    walk(tree, (), False)
    for node in ast.walk(tree):
        # Nothing evaluates these: `from __future__ import annotations`.
        if isinstance(node, ast.AnnAssign):
            hidden.append(span(node.annotation))
            if node.value is not None and _is_table(node.value):
                hidden.append(span(node.value))
            # int & float instead of int | float fails at import: no test is needed to see it.
            if getattr(node.annotation, "id", "") == "TypeAlias":
                hidden.append(span(node))
        elif isinstance(node, ast.arg) and node.annotation:
            hidden.append(span(node.annotation))
        elif isinstance(node, ast.FunctionDef) and node.returns:
            hidden.append(span(node.returns))
        # Guards against mistakes of ours: zip(..., strict=True), dataclass(frozen=True).
        elif isinstance(node, ast.keyword) and node.arg in ("strict", "frozen"):
            hidden.append(span(node.value))
    return hidden, functions


def _is_table(value: ast.expr) -> bool:
    """Rows of numbers out of a paper: hundreds of mutants that one comparison kills."""
    return isinstance(value, ast.Tuple) and all(isinstance(row, ast.Tuple) for row in value.elts)


def numbered(found: list[Mutant]) -> dict[str, Mutant]:
    """By name, and where the same line stands twice in a function, by number."""
    seen: Counter[str] = Counter()
    result = {}
    for mutant in found:
        seen[mutant.name] += 1
        number = seen[mutant.name]
        result[mutant.name if number == 1 else f"{mutant.name} ({number})"] = mutant
    return result
