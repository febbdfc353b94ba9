"""Formulas as the engine can compute them.

Workarounds for formualizer 0.13.0, each for what goes wrong without it:

- structured references to the formula's own row give #CIRC!, and files' tables are not read at
  all: they become A1 references;
- a left-out argument of our functions arrives as 0: a mark is put in its place;
- a formula of another add-in file, ``[1]!ISO_X(...)``, is #NAME?: the prefix goes;
- a cell or name of another workbook stops everything: it is #REF! here;
- ``_xlfn.SINGLE`` (the ``@`` of newer Excel) is unknown, and a range where one cell is meant
  spills: both become the cell in the formula's own row or column;
- every array spills, whatever range it is meant to fill, and what depends on a spilled cell is not
  always computed after it: `kept` and `part_of` fill the range cell by cell;
- arrays of unlike size make a whole IF or operator #VALUE!, where Excel has #N/A in the cells that
  one lacks: in an array formula our tables are fitted to the range before anything meets them;
- names that stand for a formula with a function, or for relative cells, are not read, and those of
  a single sheet not from another one: their text is put in their place;
- a function of one cell takes the first cell of a range that it gets, and numbers become text with
  more digits than Excel has: `cell_functions` are called instead;
- a reference through several sheets and a union of ranges cannot be read: both become a list;
- SUBTOTAL and AGGREGATE know of no hidden row: `subtotals` has those that could meet one.

What none of this helps against has a reason: `Rewriter.why_not` says in words why the engine's
answer would be worth nothing, and the file's own value is kept there.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from addin.embedded import function_kinds as kinds
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
from addin.embedded.operands import (
    with_compared_operands,
    with_fifteen_digits,
    with_last_sum,
    with_text_operands,
)
from addin.embedded.parts import (
    ROW,
    Compiled,
    Crossing,
    FromA1,
    InOwnRow,
    OwnRow,
    Part,
    joined,
    placed,
    row_left_open,
)
from addin.embedded.pieces import (
    Pieces,
    arguments_at,
    asks_by_year,
    asks_for_a_whole_line,
    common_cells,
    computed_arguments,
    is_range,
    is_union,
    whole_number,
    written_range,
)
from addin.embedded.range_functions import NAMES as RANGE_FUNCTIONS
from addin.embedded.range_functions import PREFIX as RANGE_PREFIX
from addin.embedded.range_rules import goes_to_ours
from addin.embedded.structured_references import column_span, items_and_columns, row_span
from addin.embedded.subtotals import KNOWN, NAMES, SUBTOTAL, Skipped, Subtotals
from addin.package import formula_text as ft
from addin.package.addresses import Area, areas, column_letters, quote_sheet
from addin.package.errors import PackageError
from addin.package.formula_text import Token

if TYPE_CHECKING:
    from addin.embedded.subtotals import HiddenRows
    from addin.package.package import DefinedName
    from addin.package.tables import PackageTable

ARRAY = "ENGINE_ARRAY"
PART = "ENGINE_PART"
FIT = "ENGINE_FIT"
SINGLE = "ENGINE_SINGLE"
DIGITS = "ENGINE_DIGITS"

_OWN = frozenset((ARRAY, PART, FIT, SINGLE, DIGITS, SUBTOTAL, AS_TEXT, COMPARED, ADDED, LESS, ZERO))
_REFERENCES = frozenset((ft.CELL, ft.ROWS, ft.COLUMNS, ft.STRUCTURED, ft.NAME))
_LONGEST_WITH_NAMES = 65_536  # characters
_WORD = re.compile(r"[^\W\d][\w.]*")


class _Bracket(NamedTuple):
    """An open bracket: whose it is, and what comes behind it when it is closed."""

    owner: str
    behind: str = ""
    name: str = ""  # of the function, as `kinds` has it
    argument: int = 0
    # The arguments in which something is computed, so that no range is handed on as it is.
    computed: frozenset[int] = frozenset()
    ours: bool = False  # a function of ours, in place of the engine's: it takes ranges as they are
    marks: bool = False  # a left-out argument is told


_ONE_EACH = frozenset((AS_TEXT, COMPARED, ADDED, LESS))
# Whose a bracket is.
_OURS = "a formula of ours"
_OTHER = "another function"
_BY_CELL = "a function that works cell by cell"
_ONE_CELL = "a function of one cell"
_LIST = "a function of a list"
_SINGLE = "one cell is meant"
_NOBODY = ""


_Key: TypeAlias = tuple[str, str, str, bool]


class Rewriter:
    """Rewrites the formulas of one workbook; what does not depend on the cell is done once."""

    def __init__(
        self,
        tables: Iterable[PackageTable],
        names: Iterable[DefinedName],
        functions: Iterable[str],
        table_functions: Iterable[str] = (),
        sheets: Iterable[str] = (),
        hidden: HiddenRows | None = None,
        *,
        strict: bool = True,
        all_digits: bool = False,
    ) -> None:
        # Whether numbers keep the digits that Excel cuts off when it reads a formula.
        self.all_digits = all_digits
        # Whether formulas may be anything, or are known to be computed by the engine as by Excel.
        self.strict = strict
        self.tables = {table.name.casefold(): table for table in tables}
        self._tables_on: dict[str, list[PackageTable]] = defaultdict(list)
        for table in self.tables.values():
            self._tables_on[table.sheet].append(table)
        self.functions = frozenset(f"{name.upper()}(" for name in functions)
        self.table_functions = frozenset(f"{name.upper()}(" for name in table_functions)
        # By sheet ("" for the whole workbook) and name, both in lower case.
        self.names = {
            ((name.sheet or "").casefold(), name.name.casefold()): name
            for name in names
            if not name.name.startswith("_xl")
        }
        self.local = frozenset(key for sheet, key in self.names if sheet)
        self.sheets = list(sheets)
        self.hidden = hidden
        self.subtotals = Subtotals()
        self._compiled: dict[_Key, Compiled] = {}
        self._reasons: dict[_Key, str] = {}

    def rewrite(
        self,
        text: str,
        sheet: str,
        row: int,
        column: int,
        *,
        array: bool = False,
        shape: Area | None = None,
    ) -> str:
        """A cell's formula for the engine; both without ``=``.

        An `array` formula keeps its ranges whole; `shape` is the fixed range that it fills.
        """
        text = self.by_row(text, sheet, row, column, array=array, shape=shape)
        return text.replace(ROW, str(row))

    def by_row(
        self,
        text: str,
        sheet: str,
        row: int,
        column: int,
        *,
        array: bool = False,
        shape: Area | None = None,
    ) -> str:
        """The same with ROW where its row's number goes: one text for a table's whole column."""
        number = str(row)
        own = self._table_around(sheet, row, column)
        key = self._key(text, sheet, number, own, array or shape is not None)
        compiled = None if shape is not None else self._compiled.get(key)
        if compiled is None:
            whole = array or shape is not None
            work = _Rewriting(self, sheet, own, array=whole, shape=shape, cell=(row, column))
            compiled = joined(work.parts_of(text), number)
            self._reasons[key] = work.reason
            # Formulas that differ in nothing but the row they stand in are rewritten once.
            if shape is None and not work.of_this_cell:
                self._compiled[key] = compiled
        return placed(compiled, row, column)

    def why_not(self, text: str, sheet: str, row: int, column: int, *, array: bool = False) -> str:
        """Why the engine cannot know what a formula shows, after it was rewritten; "" if it can."""
        own = self._table_around(sheet, row, column)
        return self._reasons.get(self._key(text, sheet, str(row), own, array), "")

    @staticmethod
    def _key(text: str, sheet: str, number: str, own: PackageTable | None, array: bool) -> _Key:
        return row_left_open(text, number), sheet, own.name if own else "", array

    def open_text(self, text: str, sheet: str, row: int, column: int) -> str | None:
        """A formula with ROW for its row's number, if that is all that the row changes in it."""
        self.by_row(text, sheet, row, column)
        own = self._table_around(sheet, row, column)
        compiled = self._compiled.get(self._key(text, sheet, str(row), own, False))
        if isinstance(compiled, InOwnRow):
            return compiled.text if compiled.first_row <= row <= compiled.last_row else None
        return compiled if isinstance(compiled, str) else None

    def rows_alike(self, text: str, sheet: str, row: int, column: int) -> tuple[int, int]:
        """First and last of the rows around this one for which `by_row` gives the same text.

        Known of a table's rows, for a plain formula whose own text does not tell its row.
        """
        own = self._table_around(sheet, row, column)
        compiled = self._compiled.get((text, sheet, own.name if own else "", False))
        if self.hidden is not None and any(name in text.upper() for name in NAMES):
            return row, row
        if isinstance(compiled, InOwnRow):
            return compiled.first_row, compiled.last_row
        if own is not None and isinstance(compiled, str):
            return own.first_row, own.last_row
        return row, row

    def _table_around(self, sheet: str, row: int, column: int) -> PackageTable | None:
        for table in self._tables_on.get(sheet, ()):
            if table.area.holds(row, column):
                return table
        return None


@dataclass(slots=True)
class _Rewriting:
    """One formula being rewritten."""

    rules: Rewriter
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
    brackets: list[_Bracket] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)

    def parts_of(self, text: str) -> list[Part]:
        """The rewritten formula, what depends on its cell still open."""
        pieces = with_text_operands(ft.tokens(text))
        if self.rules.strict:
            pieces = pieces if self.rules.all_digits else with_fifteen_digits(pieces)
            pieces = with_compared_operands(pieces)
            pieces = with_last_sum(pieces) if not self.inside else pieces
        pieces = self._crossed(pieces)
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
            self._not_known("a union of ranges", unless=self._owner == _LIST)
            # Its ranges are some more of the function's arguments.
            self.brackets.append(_Bracket(_LIST, "drop"))
            return
        if union:
            self._not_known("a union of ranges")
        if kind == ft.BRACE_OPEN:
            self._many_cells()
        owner = _SINGLE if self._inside_single else _NOBODY
        self.brackets.append(_Bracket(owner, computed=computed_arguments(pieces, at)))
        self.parts.append(text)

    def _next_argument(self, text: str, before: str) -> None:
        if self._marks and before in (ft.FUNCTION, ft.COMMA):
            self.parts.append(f'"{OMITTED_MARK}"')
        if self.brackets:
            last = self.brackets[-1]
            self.brackets[-1] = last._replace(argument=last.argument + 1)
        self.parts.append(text)

    def _close_bracket(self, text: str, before: str) -> None:
        if self._marks and before == ft.COMMA:
            self.parts.append(f'"{OMITTED_MARK}"')
        closed = self.brackets.pop() if self.brackets else _Bracket(_NOBODY)
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
        if not unless and not self.reason:
            self.reason = what

    def _no_further_range(self, pieces: Pieces, at: int) -> None:
        if at < len(pieces) and pieces[at].text == ":":
            self._not_known("a range of ranges")

    @property
    def _marks(self) -> bool:
        return bool(self.brackets) and self.brackets[-1].marks

    def _crossed(self, pieces: Pieces) -> Pieces:
        """The tokens with the common cells of two ranges that are written out, ``A1:B9 B2:C3``."""
        out: list[Token] = []
        at = 0
        while at < len(pieces):
            first = written_range(pieces, at)
            gap = at + first[1] if first else at
            second = None
            if first and gap + 1 < len(pieces) and pieces[gap].kind == ft.SPACE:
                second = written_range(pieces, gap + 1)
            if first is None or second is None or (at and pieces[at - 1].kind == ft.SHEET):
                out.append(pieces[at])
                at += 1
                continue
            self.of_this_cell = True
            out.extend(ft.tokens(common_cells(first[0], second[0])))
            at = gap + 1 + second[1]
        return tuple(out)

    def _numbers(self, pieces: Pieces, at: int, name: str) -> int:
        """ROW or COLUMN of more than one cell, where all of them count; 0 where one does."""
        arguments, end = arguments_at(pieces, at)
        argument = arguments[0]
        if not self._whole_ranges or len(arguments) != 1 or not self._is_many(argument):
            return 0
        for text in (f"{RANGE_PREFIX}{name}({name}(", f"),{name}S("):
            self.parts.append(text)
            self.brackets.append(_Bracket(_OTHER))
            inner = 0
            while inner < len(argument):
                inner += self._take(argument, inner, ft.FUNCTION)
            self.brackets.pop()
        self.parts.append("))")
        return end - at

    def _is_many(self, argument: Pieces) -> bool:
        """Whether an argument may be more than one cell, where ranges stand for all their cells."""
        whole = self._whole_ranges
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
                if kind == ft.BRACE_OPEN or (whole and (several or self._names_many(kind, text))):
                    return True
        return False

    def _names_many(self, kind: str, text: str) -> bool:
        if kind == ft.STRUCTURED:
            found = self._table_area(text)
            return found is not None and not found[2] and found[1].rows * found[1].columns > 1
        if kind != ft.NAME or text.upper() in ("TRUE", "FALSE"):
            return False
        key = text.casefold()
        known = self.rules.names.get((self.sheet.casefold(), key))
        known = known or self.rules.names.get(("", key))
        if known is None:
            return key in self.rules.tables or key.startswith("_xlpm.")
        return known.target is None or known.target[1].rows * known.target[1].columns > 1

    def _many_cells(self) -> None:
        """More than one cell stands here, in an array formula: of whom is that too much?"""
        if not self._whole_ranges:
            return
        for bracket in reversed(self.brackets):
            if bracket.owner == _NOBODY:
                continue
            if bracket.ours:
                return
            places = kinds.ONE_CELL_AT.get(bracket.name, ())
            if bracket.argument in places or bracket.name in kinds.ONE_CELL_OF_THE_ENGINE:
                self._not_known(f"{bracket.name} over many cells at once")
            if bracket.owner not in (_ONE_CELL, _BY_CELL):
                return

    @property
    def _whole_ranges(self) -> bool:
        """Whether ranges stand for all of their cells here."""
        if self.array:
            return True
        for bracket in reversed(self.brackets):
            if bracket.name in kinds.AS_CELL and self.rules.strict:
                return False
            if bracket.name in kinds.ARRAYS:
                return True
            if bracket.argument in kinds.ARRAYS_AT.get(bracket.name, ()):
                return True
        return False

    def _range(self, prefix: str, text: str) -> Part:
        """A range as it is, or its one cell where one is meant."""
        block = areas(text)[0]
        if block.rows == block.columns == 1:
            return prefix + text
        if self._one_cell:
            return Crossing(prefix, block)
        self._many_cells()
        return prefix + text

    def _on_sheet(self, pieces: Pieces, at: int) -> int:
        """What stands behind a sheet's name."""
        prefix = pieces[at].text
        following = pieces[at + 1] if at + 1 < len(pieces) else Token(ft.SPACE, "")
        put = self.parts.append
        if following.kind == ft.NAME:
            self.parts.extend(self._name(following.text, _sheet_of(prefix)))
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
            first, _, last = _sheet_of(text).partition(":")
            return first, last, 1
        if kind not in (ft.NAME, ft.CELL, ft.NUMBER) or at + 2 >= len(pieces):
            return None
        if pieces[at + 1].text == ":" and pieces[at + 2].kind == ft.SHEET:
            return text, _sheet_of(pieces[at + 2].text), 3
        return None

    def _through_sheets(self, first: str, last: str, length: int, pieces: Pieces, at: int) -> int:
        """One reference to each of the sheets, where a function takes a list of them."""
        at += length
        end = at + (3 if is_range(pieces, at + 1) else 1)
        reference = "".join(token.text for token in pieces[at:end])
        known = [sheet.casefold() for sheet in self.rules.sheets]
        is_list = self._owner == _LIST and {first.casefold(), last.casefold()} <= set(known)
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
        call = self._skipped(name, arguments) if self.rules.hidden is not None else None
        if call is None:
            number = whole_number(arguments[0])
            heads = self._area_of(arguments[2]) if len(arguments) > 2 else None
            if name == "AGGREGATE(" and number and (number > 11 or heads is None):
                self.parts.append(f"{RANGE_PREFIX}AGGREGATE(")
                self.brackets.append(_Bracket(_OTHER, name="AGGREGATE", ours=True, marks=True))
                return 1
            return 0
        number = self.rules.subtotals.add(call)
        self.parts.append(f"{SUBTOTAL}({number}")
        for argument in arguments[-len(call.cells) :]:
            self.parts.append(",")
            self.brackets.append(_Bracket(_OTHER))
            inner = 0
            while inner < len(argument):
                inner += self._take(argument, inner, ft.COMMA)
            self.brackets.pop()
        self.parts.append(")")
        return end - at

    def _skipped(self, name: str, arguments: list[Pieces]) -> Skipped | None:
        """What such a call leaves out; None where the engine does as well."""
        hidden = self.rules.hidden
        assert hidden is not None
        heads = 1 if name == "SUBTOTAL(" else 2
        numbers = [whole_number(argument) for argument in arguments[:heads]]
        blocks = [self._area_of(argument) for argument in arguments[heads:]]
        if None in numbers or None in blocks or not blocks:
            where = {block[0] for block in blocks if block} or set(self.rules.sheets)
            if any(hidden.on(sheet) for sheet in where):
                self._not_known(f"{name[:-1]} where rows are hidden")
            return None
        function, option = int(numbers[0] or 0), int(numbers[-1] or 0)
        subtotal = name == "SUBTOTAL("
        cells = []
        for sheet, block in filter(None, blocks):
            filtered = hidden.filtered(sheet, block)
            rows: frozenset[int] = frozenset()
            if (subtotal and function > 100) or (not subtotal and option in (1, 3, 5, 7)):
                rows = hidden.on(sheet)
            elif subtotal:
                rows = filtered
            elif filtered:
                self._not_known("AGGREGATE where a filter hides rows")
            nested = hidden.subtotals(sheet) if subtotal or option < 4 else frozenset()
            out = {(r, c) for r, c in nested if block.holds(r, c)}
            out |= {
                (r, c)
                for r in rows
                if block.top <= r <= block.bottom
                for c in range(block.left, block.right + 1)
            }
            cells.append(frozenset((r - block.top, c - block.left) for r, c in out))
        if not any(cells) and not (subtotal and function % 100 == 2):
            return None  # the engine does not count past an error
        function = function - 100 if subtotal and function > 100 else function
        if function not in KNOWN or (subtotal and function > 11):
            self._not_known(f"{name[:-1]} {function} where rows are hidden")
            return None
        return Skipped(function, not subtotal and option in (2, 3, 6, 7), tuple(cells))

    def _area_of(self, argument: Pieces) -> tuple[str, Area] | None:
        """The cells that an argument names, if it does nothing else."""
        pieces = [token for token in argument if token.kind != ft.SPACE]
        sheet = self.sheet
        if len(pieces) > 1 and pieces[0].kind == ft.SHEET:
            wanted = _sheet_of(pieces.pop(0).text).casefold()
            sheet = next((one for one in self.rules.sheets if one.casefold() == wanted), "")
        text = "".join(token.text for token in pieces)
        found = {token.kind for token in pieces}
        if sheet and (found <= {ft.CELL, ft.OPERATOR} or found in ({ft.ROWS}, {ft.COLUMNS})):
            try:
                return sheet, areas(text)[0]
            except (PackageError, IndexError):
                return None
        if len(pieces) == 1 and pieces[0].kind == ft.NAME:
            table = self.rules.tables.get(text.casefold())
            if table is not None:
                return table.sheet, table.data
            name = self.rules.names.get(("", text.casefold()))
            return name.target if name is not None else None
        if len(pieces) == 1 and pieces[0].kind == ft.STRUCTURED:
            meant = self._table_area(text)
            return meant[:2] if meant and not meant[2] else None
        return None

    @property
    def _owner(self) -> str:
        return self.brackets[-1].owner if self.brackets else _NOBODY

    @property
    def _inside_single(self) -> bool:
        return self._owner == _SINGLE

    @property
    def _one_cell(self) -> bool:
        """Whether a range that stands here means its cell in the formula's row or column."""
        if self._inside_single:
            return True
        if self._whole_ranges:
            return False
        for bracket in reversed(self.brackets):
            if bracket.owner == _ONE_CELL:
                return True
            if bracket.owner == _OURS:
                return False
            if not self.rules.strict and bracket.owner in (_NOBODY, _BY_CELL):
                continue
            if bracket.argument in bracket.computed:
                return True
            if bracket.owner == _NOBODY:
                continue
            if bracket.name in kinds.HANDING_ON and bracket.argument:
                continue
            places = kinds.ONE_CELL_AT.get(bracket.name, ())
            return bracket.owner == _BY_CELL or bracket.argument in places
        return True

    def _open_function(self, text: str, pieces: Pieces, at: int) -> str:
        upper = text.upper()
        if upper == "_XLFN.SINGLE(":
            self.brackets.append(_Bracket(_SINGLE))
            return f"{SINGLE}("
        by_cell = all(b.owner in (_NOBODY, _BY_CELL) for b in self.brackets)
        if upper in self.rules.functions:
            padded = self.shape and by_cell and upper in self.rules.table_functions
            self.brackets.append(_Bracket(_OURS, ")" if padded else "", marks=True))
            return f"{_fit_to(self.shape)}{text}" if padded and self.shape else text
        name = kinds.plain_name(upper)
        owner = _OTHER
        if name in kinds.BY_CELL:
            owner = _BY_CELL
        elif name in kinds.ONE_CELL or name in kinds.ONE_CELL_OF_THE_ENGINE or name in _ONE_EACH:
            owner = _ONE_CELL
        elif name in kinds.LISTS:
            owner = _LIST
        elif name not in _OWN and not kinds.engine_knows(name) and name not in RANGE_FUNCTIONS:
            self._not_known(f"the function {name}")
        strict = self.rules.strict
        ours = name in ALWAYS or (name in OVER_RANGES and self._whole_ranges)
        ours = (
            ours or (strict and name in STRICT) or (name == "DATEDIF" and asks_by_year(pieces, at))
        )
        computed = computed_arguments(pieces, at) if strict or name == COMPARED else frozenset()
        if name in RANGE_FUNCTIONS and name not in kinds.OF_REFERENCES:
            arguments = arguments_at(pieces, at)[0]
            self.brackets.append(_Bracket(owner, name=name))
            routed = goes_to_ours(name, arguments, self._is_many, array=self.array, strict=strict)
            self.brackets.pop()
            if routed:
                self.brackets.append(
                    _Bracket(owner, name=name, computed=computed, ours=True, marks=True)
                )
                return f"{RANGE_PREFIX}{name}("
        if strict and name == "INDEX" and self._one_cell and asks_for_a_whole_line(pieces, at):
            self._not_known("INDEX of a whole row or column where one cell is meant")
        behind = ")" if name in kinds.LONG_DIGITS else ""
        self.brackets.append(_Bracket(owner, behind, name=name, computed=computed))
        if name in kinds.LONG_DIGITS:
            return f"{DIGITS}({text}"
        return f"{PREFIX}{name}(" if ours else text

    def _name(self, word: str, sheet: str | None = None) -> list[Part]:
        """A defined name; of a sheet, where one is named before it."""
        key = word.casefold()
        table = self.rules.tables.get(key)
        if table is not None and sheet is None:
            return [self._range(_prefix(table, self.sheet), _fixed(table.data))]
        local = self.rules.names.get(((sheet or self.sheet).casefold(), key))
        known = local or self.rules.names.get(("", key))
        if known is None or key in self.inside:
            if key not in ("true", "false") and not key.startswith("_xlpm."):
                self._not_known(f"the name {word}")
            return [word if sheet is None else "#NAME?"]
        if _has_relative_cells(known.text):
            self._not_known("a name of relative cells", unless=known.target is not None)
            return [FromA1(known.text)]
        if known.target is not None:
            block = known.target[1]
            many = block.rows > 1 or block.columns > 1
            if sheet is None and key not in self.rules.local and not (many and self._one_cell):
                if many:
                    self._many_cells()
                return [word]
            return [self._range(f"{quote_sheet(known.target[0])}!", _fixed(block))]
        # Names within names within names grow without end; no formula may be that long anyway.
        self.left[0] -= len(known.text)
        if self.left[0] < 0:
            return ["#NAME?"]
        # Inside a name ranges are ranges, as in an array formula.
        inner = _Rewriting(
            self.rules, known.sheet or self.sheet, self.own, array=True,
            inside=self.inside | {key}, left=self.left,
        )  # fmt: skip
        parts = inner.parts_of(known.text)
        self._not_known(inner.reason, unless=not inner.reason)
        if is_union((Token(ft.OPEN, "("), *ft.tokens(known.text), Token(ft.CLOSE, ")")), 0):
            self._not_known("a union of ranges", unless=self._owner == _LIST)
            return parts
        return ["(", *parts, ")"]

    def _table_area(self, text: str) -> tuple[str, Area, bool] | None:
        """The sheet and cells of a structured reference, and whether it means its own row only."""
        name, _, inner = text.partition("[")
        table = self.rules.tables.get(name.casefold()) if name else self.own
        if table is None:
            return None
        spec = inner[:-1].strip()
        own_row = spec.startswith("@")
        if own_row:
            spec = spec[1:].strip()
        items, columns = items_and_columns(spec)
        span = column_span(table, columns)
        if span is None:
            return None
        if own_row or "#this row" in items:
            return table.sheet, Area(table.first_row, span[0], table.last_row, span[1]), True
        rows = row_span(table, items)
        if rows is None:
            return None
        return table.sheet, Area(rows[0], span[0], rows[1], span[1]), False

    def _structured(self, text: str) -> Part:
        found = self._table_area(text)
        if found is None:
            return "#REF!"
        sheet, block, own_row = found
        prefix = "" if sheet == self.sheet else f"{quote_sheet(sheet)}!"
        if own_row:
            # Without dollar signs: the engine then sees a column's formulas as one, which makes
            # a long table several times faster.
            end = f":{column_letters(block.right)}" if block.right > block.left else ""
            start = f"{prefix}{column_letters(block.left)}"
            if end:
                self._many_cells()
            return OwnRow(block.top, block.bottom, start, end)
        return self._range(prefix, _fixed(block))


def fitted(text: str, block: Area) -> str:
    """A formula whose result is cut or filled up to the shape of a range."""
    return f"{_fit_to(block)}({text}))"


def kept(number: int, block: Area, text: str) -> str:
    """An array formula that keeps its result under a number, and shows the first cell of it."""
    return f"{ARRAY}({number},{block.rows},{block.columns},({text}))"


def part_of(number: int, down: int, right: int, first: str) -> str:
    """Another cell of the same array; `first` is the cell that computes it."""
    return f"{PART}({number},{down},{right},{first})"


def _fit_to(block: Area) -> str:
    return f"{FIT}({block.rows},{block.columns},"


def words(text: str) -> list[str]:
    """The names and function names in a formula, in lower case (and some that are neither)."""
    return _WORD.findall(text.casefold())


def _has_relative_cells(text: str) -> bool:
    """Whether a name's text means other cells from another cell."""
    return ft.moved(text, 1, 1, around=True) != text


def _prefix(table: PackageTable, sheet: str) -> str:
    return "" if table.sheet == sheet else f"{quote_sheet(table.sheet)}!"


def _fixed(block: Area) -> str:
    first, _, last = str(block).partition(":")
    return _dollars(first) + (f":{_dollars(last)}" if last else "")


def _dollars(address: str) -> str:
    letters = address.rstrip("0123456789")
    return f"${letters}${address[len(letters) :]}"


def _sheet_of(prefix: str) -> str:
    name = prefix.removesuffix("!")
    return name[1:-1].replace("''", "'") if name.startswith("'") else name


def rewriter_without_workbook(functions: Mapping[str, object]) -> Rewriter:
    """For formulas that stand in no workbook: typed here, or written by a program."""
    return Rewriter((), (), functions, all_digits=True)
