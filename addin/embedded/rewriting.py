"""One formula being rewritten: token by token, with the brackets that are open around it."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING

from addin.embedded import function_kinds as kinds
from addin.embedded.brackets import (
    BY_CELL,
    LIST,
    NOBODY,
    ONE_CELL,
    OTHER,
    OURS,
    SINGLE_CELL,
    Bracket,
    Brackets,
)
from addin.embedded.cell_functions import (
    ADDED,
    ALWAYS,
    AS_TEXT,
    COMPARED,
    LESS,
    OVER_RANGES,
    PREFIX,
    STRICT,
    ZERO,
)
from addin.embedded.conversion import OMITTED_MARK
from addin.embedded.names import NamesInWorkbook, fixed, has_relative_cells, prefix_to, sheet_of
from addin.embedded.operands import (
    with_compared_operands,
    with_fifteen_digits,
    with_last_sum,
    with_text_operands,
)
from addin.embedded.own_calls import ARRAY, DIGITS, FIT, PART, SINGLE, fit_to
from addin.embedded.parts import Crossing, FromA1, OwnRow, Part
from addin.embedded.pieces import (
    Pieces,
    arguments_at,
    asks_by_year,
    asks_for_a_whole_line,
    computed_arguments,
    crossed,
    is_range,
    is_union,
    whole_number,
)
from addin.embedded.range_functions import NAMES as RANGE_FUNCTIONS
from addin.embedded.range_functions import PREFIX as RANGE_PREFIX
from addin.embedded.range_rules import goes_to_ours
from addin.embedded.subtotals import NAMES, SUBTOTAL, Skipped, skipped
from addin.package import formula_text as ft
from addin.package.addresses import Area, areas, column_letters, quote_sheet
from addin.package.formula_text import Token

if TYPE_CHECKING:
    from addin.embedded.subtotals import HiddenRows, Subtotals
    from addin.package.tables import PackageTable

_ONE_EACH = frozenset((AS_TEXT, COMPARED, ADDED, LESS))
_OWN = _ONE_EACH | {ARRAY, PART, FIT, SINGLE, DIGITS, SUBTOTAL, ZERO}
_REFERENCES = frozenset((ft.CELL, ft.ROWS, ft.COLUMNS, ft.STRUCTURED, ft.NAME))
_LONGEST_WITH_NAMES = 65_536  # characters


class Rules(NamesInWorkbook):
    """What the formulas of one workbook are rewritten by."""

    functions: frozenset[str]  # ours, as they stand in a formula: ``ISO_X(``
    table_functions: frozenset[str]  # those of them that give a table
    hidden: HiddenRows | None
    subtotals: Subtotals
    # Whether formulas may be anything, or are known to be computed by the engine as by Excel.
    strict: bool
    # Whether numbers keep the digits that Excel cuts off when it reads a formula.
    all_digits: bool


@dataclass(slots=True)
class Rewriting:
    """One formula being rewritten."""

    rules: Rules
    sheet: str
    own: PackageTable | None
    _: KW_ONLY
    array: bool
    shape: Area | None = None
    inside: frozenset[str] = frozenset()  # the names whose text this is part of
    # How much text of names may still be put in, by all that are part of this formula.
    left: list[int] = field(default_factory=lambda: [_LONGEST_WITH_NAMES])
    cell: tuple[int, int] = (0, 0)
    # Why the engine cannot know the result; "" as long as it can.
    reason: str = ""
    # Whether the text holds for this one cell, whatever it says of others in its row.
    of_this_cell: bool = False
    parts: list[Part] = field(default_factory=list)
    brackets: Brackets = field(init=False)

    def __post_init__(self) -> None:
        self.brackets = Brackets(self.array, strict=self.rules.strict)

    def parts_of(self, text: str) -> list[Part]:
        """The rewritten formula, what depends on its cell still open."""
        pieces = with_text_operands(ft.tokens(text))
        if self.rules.strict:
            pieces = pieces if self.rules.all_digits else with_fifteen_digits(pieces)
            pieces = with_compared_operands(pieces)
            pieces = with_last_sum(pieces) if not self.inside else pieces
        together = crossed(pieces)
        self.of_this_cell |= together != pieces
        pieces = together
        before = ""  # kind of the last token that is no space
        at = 0
        while at < len(pieces):
            at += self._take(pieces, at, before)
            before = pieces[at - 1].kind if pieces[at - 1].kind != ft.SPACE else before
        return self.parts

    def _take(self, pieces: Pieces, at: int, before: str) -> int:
        """Rewrite what stands here; returns how many tokens that was."""
        kind, text = pieces[at]
        put = self.parts.append
        match kind:
            case ft.FUNCTION:
                name = kinds.plain_name(text)
                if text.upper() in NAMES and (taken := self._subtotal(pieces, at)):
                    return taken
                if name in kinds.OF_REFERENCES and (taken := self._numbers(pieces, at, name)):
                    return taken
                put(self._open_function(text, pieces, at))
            case ft.OPEN | ft.BRACE_OPEN:
                self._open_bracket(pieces, at, before)
            case ft.COMMA:
                self._next_argument(text, before)
            case ft.CLOSE | ft.BRACE_CLOSE:
                self._close_bracket(text, before)
            case ft.EXTERNAL:
                return self._elsewhere(pieces, at)
            case _ if (sheets := self._several_sheets(pieces, at)) is not None:
                return self._through_sheets(*sheets, pieces, at)
            case ft.SHEET:
                return self._on_sheet(pieces, at)
            case ft.STRUCTURED:
                put(self._structured(text))
            case ft.CELL if is_range(pieces, at + 1):
                put(self._range("", f"{text}:{pieces[at + 2].text}"))
                self._no_further_range(pieces, at + 3)
                return 3
            case ft.OPERATOR if text == ":":
                then = pieces[at + 1].text if at + 1 < len(pieces) else ""
                known = before == ft.CELL and kinds.plain_name(then) == "INDEX"
                self._not_known("a range between functions", unless=known)
                put(text)
            case ft.ROWS | ft.COLUMNS:
                put(self._range("", text))
            case ft.NAME:
                self.parts.extend(self._name(text))
            case ft.SPACE:
                then = pieces[at + 1].kind if at + 1 < len(pieces) else ft.SPACE
                if before in _REFERENCES and then in (*_REFERENCES, ft.SHEET):
                    self._not_known("an intersection of ranges")
                put(text)
            case _:
                put(text)
        return 1

    def _open_bracket(self, pieces: Pieces, at: int, before: str) -> None:
        kind, text = pieces[at]
        union = kind == ft.OPEN and is_union(pieces, at)
        if union and before in (ft.FUNCTION, ft.COMMA):
            self._not_known("a union of ranges", unless=self.brackets.owner == LIST)
            # Its ranges are some more of the function's arguments.
            self.brackets.put(Bracket(LIST, "drop"))
            return
        if union:
            self._not_known("a union of ranges")
        if kind == ft.BRACE_OPEN:
            self._not_known(self.brackets.cannot_take_many())
        owner = SINGLE_CELL if self.brackets.owner == SINGLE_CELL else NOBODY
        self.brackets.put(Bracket(owner, computed=computed_arguments(pieces, at)))
        self.parts.append(text)

    def _next_argument(self, text: str, before: str) -> None:
        if self.brackets.marks and before in (ft.FUNCTION, ft.COMMA):
            self.parts.append(f'"{OMITTED_MARK}"')
        self.brackets.next_argument()
        self.parts.append(text)

    def _close_bracket(self, text: str, before: str) -> None:
        if self.brackets.marks and before == ft.COMMA:
            self.parts.append(f'"{OMITTED_MARK}"')
        closed = self.brackets.close()
        self.parts.append("" if closed.behind == "drop" else text + closed.behind)

    def _elsewhere(self, pieces: Pieces, at: int) -> int:
        """What stands in another file: our own functions are here, everything else is not."""
        following = pieces[at + 1] if at + 1 < len(pieces) else Token(ft.SPACE, "")
        if following.kind == ft.FUNCTION:
            ours = following.text.upper() in self.rules.functions
            self.parts.append("" if ours else pieces[at].text)
            return 1
        self._not_known("another workbook")
        self.parts.append("#REF!")
        if following.kind not in _REFERENCES:
            return 1
        return 4 if is_range(pieces, at + 2) else 2

    def _not_known(self, what: str, *, unless: bool = False) -> None:
        if not unless:
            self.reason = self.reason or what

    def _no_further_range(self, pieces: Pieces, at: int) -> None:
        if at < len(pieces) and pieces[at].text == ":":
            self._not_known("a range of ranges")

    def _numbers(self, pieces: Pieces, at: int, name: str) -> int:
        """ROW or COLUMN of more than one cell, where all of them count; 0 where one does."""
        arguments, end = arguments_at(pieces, at)
        argument = arguments[0]
        if not self.brackets.whole_ranges or len(arguments) != 1 or not self._is_many(argument):
            return 0
        for text in (f"{RANGE_PREFIX}{name}({name}(", f"),{name}S("):
            self.parts.append(text)
            self._put_argument(argument, ft.FUNCTION)
        self.parts.append("))")
        return end - at

    def _put_argument(self, argument: Pieces, before: str) -> None:
        """Rewrite a whole argument, in brackets of its own."""
        self.brackets.put(Bracket(OTHER))
        at = 0
        while at < len(argument):
            at += self._take(argument, at, before)
        self.brackets.close()

    def _is_many(self, argument: Pieces) -> bool:
        """Whether an argument may be more than one cell, where ranges stand for all their cells."""
        whole = self.brackets.whole_ranges
        depth = 0  # of functions that make one value of what they get
        inside: list[bool] = []
        for at, (kind, text) in enumerate(argument):
            name = kinds.plain_name(text) if kind == ft.FUNCTION else ""
            if kind in (ft.FUNCTION, ft.OPEN):
                if whole and not depth and name in kinds.MAKE_ARRAYS:
                    return True
                inside.append(name in kinds.ONE_VALUE)
                depth += inside[-1]
            elif kind == ft.CLOSE and inside:
                depth -= inside.pop()
            elif not depth:
                several = kind in (ft.ROWS, ft.COLUMNS) or is_range(argument, at)
                if kind == ft.BRACE_OPEN or (
                    whole and (several or self.rules.are_many(kind, text, self.sheet, self.own))
                ):
                    return True
        return False

    def _range(self, prefix: str, text: str) -> Part:
        """A range as it is, or its one cell where one is meant."""
        block = areas(text)[0]
        if block.rows == block.columns == 1:
            return prefix + text
        if self.brackets.one_cell:
            return Crossing(prefix, block)
        self._not_known(self.brackets.cannot_take_many())
        return prefix + text

    def _on_sheet(self, pieces: Pieces, at: int) -> int:
        """What stands behind a sheet's name."""
        prefix = pieces[at].text
        following = pieces[at + 1] if at + 1 < len(pieces) else Token(ft.SPACE, "")
        put = self.parts.append
        if following.kind == ft.NAME:
            self.parts.extend(self._name(following.text, sheet_of(prefix)))
            return 2
        if following.kind == ft.CELL and is_range(pieces, at + 2):
            put(self._range(prefix, f"{following.text}:{pieces[at + 3].text}"))
            return 4
        if following.kind in (ft.ROWS, ft.COLUMNS):
            put(self._range(prefix, following.text))
            return 2
        put(prefix)
        return 1

    def _several_sheets(self, pieces: Pieces, at: int) -> tuple[str, str, int] | None:
        """The first and the last sheet of a reference through several, and its tokens till then."""
        kind, text = pieces[at]
        if kind == ft.SHEET and text.startswith("'") and ":" in text:
            first, _, last = sheet_of(text).partition(":")
            return first, last, 1
        if kind not in (ft.NAME, ft.CELL, ft.NUMBER) or at + 2 >= len(pieces):
            return None
        if pieces[at + 1].text == ":" and pieces[at + 2].kind == ft.SHEET:
            return text, sheet_of(pieces[at + 2].text), 3
        return None

    def _through_sheets(self, first: str, last: str, length: int, pieces: Pieces, at: int) -> int:
        """One reference to each of the sheets, where a function takes a list of them."""
        at += length
        end = at + (3 if is_range(pieces, at + 1) else 1)
        reference = "".join(token.text for token in pieces[at:end])
        known = [sheet.casefold() for sheet in self.rules.sheets]
        is_list = self.brackets.owner == LIST and {first.casefold(), last.casefold()} <= set(known)
        if not is_list or not pieces[at:end] or pieces[at].kind not in _REFERENCES:
            self._not_known("a reference through several sheets")
            self.parts.append("#REF!")
            return length + end - at
        ends = sorted((known.index(first.casefold()), known.index(last.casefold())))
        sheets = self.rules.sheets[ends[0] : ends[1] + 1]
        self.parts.append(",".join(f"{quote_sheet(sheet)}!{reference}" for sheet in sheets))
        return length + end - at

    def _subtotal(self, pieces: Pieces, at: int) -> int:
        """SUBTOTAL or AGGREGATE without what does not count; 0 where it goes to the engine."""
        self.of_this_cell = True
        arguments, end = arguments_at(pieces, at)
        name = pieces[at].text.upper()
        call = self._skipped(name, arguments)
        if call is None:
            number = whole_number(arguments[0])
            heads = (
                self.rules.area_of(arguments[2], self.sheet, self.own)
                if len(arguments) > 2
                else None
            )
            if name == "AGGREGATE(" and number and (number > 11 or heads is None):
                self.parts.append(f"{RANGE_PREFIX}AGGREGATE(")
                self.brackets.put(Bracket(OTHER, name="AGGREGATE", ours=True, marks=True))
                return 1
            return 0
        number = self.rules.subtotals.add(call)
        self.parts.append(f"{SUBTOTAL}({number}")
        for argument in arguments[-len(call.cells) :]:
            self.parts.append(",")
            self._put_argument(argument, ft.COMMA)
        self.parts.append(")")
        return end - at

    def _skipped(self, name: str, arguments: list[Pieces]) -> Skipped | None:
        """What such a call leaves out; None where the engine does as well."""
        hidden = self.rules.hidden
        if hidden is None:
            return None
        heads = 1 if name == "SUBTOTAL(" else 2
        numbers = [n for n in map(whole_number, arguments[:heads]) if n is not None]
        found = [self.rules.area_of(one, self.sheet, self.own) for one in arguments[heads:]]
        blocks = [block for block in found if block is not None]
        if len(numbers) < heads or len(blocks) < len(found) or not blocks:
            where = {sheet for sheet, _ in blocks} or set(self.rules.sheets)
            if any(hidden.on(sheet) for sheet in where):
                self._not_known(f"{name[:-1]} where rows are hidden")
            return None
        call, unknown = skipped(name, numbers[0], numbers[-1], blocks, hidden)
        self._not_known(unknown)
        return call

    def _open_function(self, text: str, pieces: Pieces, at: int) -> str:
        upper = text.upper()
        if upper == "_XLFN.SINGLE(":
            self.brackets.put(Bracket(SINGLE_CELL))
            return f"{SINGLE}("
        by_cell = self.brackets.all_by_cell()
        if upper in self.rules.functions:
            padded = self.shape and by_cell and upper in self.rules.table_functions
            self.brackets.put(Bracket(OURS, ")" if padded else "", marks=True))
            return f"{fit_to(self.shape)}{text}" if padded and self.shape else text
        name = kinds.plain_name(upper)
        owner = OTHER
        if name in kinds.BY_CELL:
            owner = BY_CELL
        elif name in kinds.ONE_CELL or name in kinds.ONE_CELL_OF_THE_ENGINE or name in _ONE_EACH:
            owner = ONE_CELL
        elif name in kinds.LISTS:
            owner = LIST
        elif name not in _OWN and not kinds.engine_knows(name) and name not in RANGE_FUNCTIONS:
            self._not_known(f"the function {name}")
        strict = self.rules.strict
        ours = name in ALWAYS or (name in OVER_RANGES and self.brackets.whole_ranges)
        ours = (
            ours or (strict and name in STRICT) or (name == "DATEDIF" and asks_by_year(pieces, at))
        )
        computed = computed_arguments(pieces, at) if strict or name == COMPARED else frozenset()
        if name in RANGE_FUNCTIONS and name not in kinds.OF_REFERENCES:
            arguments = arguments_at(pieces, at)[0]
            self.brackets.put(Bracket(owner, name=name))
            routed = goes_to_ours(name, arguments, self._is_many, array=self.array, strict=strict)
            self.brackets.close()
            if routed:
                self.brackets.put(
                    Bracket(owner, name=name, computed=computed, ours=True, marks=True)
                )
                return f"{RANGE_PREFIX}{name}("
        if (
            strict
            and name == "INDEX"
            and self.brackets.one_cell
            and asks_for_a_whole_line(pieces, at)
        ):
            self._not_known("INDEX of a whole row or column where one cell is meant")
        behind = ")" if name in kinds.LONG_DIGITS else ""
        self.brackets.put(Bracket(owner, behind, name=name, computed=computed))
        if name in kinds.LONG_DIGITS:
            return f"{DIGITS}({text}"
        return f"{PREFIX}{name}(" if ours else text

    def _name(self, word: str, sheet: str | None = None) -> list[Part]:
        """A defined name; of a sheet, where one is named before it."""
        key = word.casefold()
        table = self.rules.tables.get(key)
        if table is not None and sheet is None:
            return [self._range(prefix_to(table.sheet, self.sheet), fixed(table.data))]
        known = self.rules.named(word, sheet or self.sheet)
        if known is None or key in self.inside:
            if key not in ("true", "false") and not key.startswith("_xlpm."):
                self._not_known(f"the name {word}")
            return [word if sheet is None else "#NAME?"]
        if has_relative_cells(known.text):
            self._not_known("a name of relative cells", unless=known.target is not None)
            return [FromA1(known.text)]
        if known.target is not None:
            block = known.target[1]
            many = block.rows > 1 or block.columns > 1
            if (
                sheet is None
                and key not in self.rules.local
                and not (many and self.brackets.one_cell)
            ):
                if many:
                    self._not_known(self.brackets.cannot_take_many())
                return [word]
            return [self._range(f"{quote_sheet(known.target[0])}!", fixed(block))]
        # Names within names within names grow without end; no formula may be that long anyway.
        self.left[0] -= len(known.text)
        if self.left[0] < 0:
            return ["#NAME?"]
        # Inside a name ranges are ranges, as in an array formula.
        inner = Rewriting(
            self.rules, known.sheet or self.sheet, self.own, array=True,
            inside=self.inside | {key}, left=self.left,
        )  # fmt: skip
        parts = inner.parts_of(known.text)
        self._not_known(inner.reason, unless=not inner.reason)
        if is_union((Token(ft.OPEN, "("), *ft.tokens(known.text), Token(ft.CLOSE, ")")), 0):
            self._not_known("a union of ranges", unless=self.brackets.owner == LIST)
            return parts
        return ["(", *parts, ")"]

    def _structured(self, text: str) -> Part:
        found = self.rules.table_area(text, self.own)
        if found is None:
            return "#REF!"
        sheet, block, own_row = found
        prefix = prefix_to(sheet, self.sheet)
        if own_row:
            # Without dollar signs: the engine then sees a column's formulas as one, which makes
            # a long table several times faster.
            end = f":{column_letters(block.right)}" if block.right > block.left else ""
            start = f"{prefix}{column_letters(block.left)}"
            if end:
                self._not_known(self.brackets.cannot_take_many())
            return OwnRow(block.top, block.bottom, start, end)
        return self._range(prefix, fixed(block))
