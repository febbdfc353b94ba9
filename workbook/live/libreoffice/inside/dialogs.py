"""What a button asks and says, in LibreOffice's own windows; a form is made from its fields."""

from __future__ import annotations

from typing import Any

Uno = Any

WIDTH, LABEL, LINE, GAP = 260, 10, 14, 6  # in the dialogs' own units
_POSITION = 3  # com.sun.star.awt.PosSize.POS
_OPEN_SEVERAL, _SAVE = 0, 1  # com.sun.star.ui.dialogs.TemplateDescription


class Dialogs:
    """Windows in front of one document."""

    def __init__(self, context: Uno, frame: Uno) -> None:
        self._context = context
        self._window = frame.ContainerWindow

    def form(self, title: str, fields: list[dict[str, str]]) -> dict[str, str] | None:
        """The answers by key; None where the person gave up."""
        answers: dict[str, str] = {}
        for field in fields:
            if field["kind"] == "text":
                continue
            found = self._pick(field)
            if not found:
                return None
            answers[field["key"]] = "\n".join(found)
        texts = [field for field in fields if field["kind"] == "text"]
        if texts:
            typed = self._typed(title, texts)
            if typed is None:
                return None
            answers.update(typed)
        return answers

    def agree(self, words: list[str]) -> bool:
        """Whether the person wants what these words say."""
        said = "\n".join(words)
        return self._message("QUERYBOX", 2, f"This will be written:\n\n{said}") == 1

    def tell(self, words: str) -> None:
        """Say what was done."""
        self._message("INFOBOX", 1, words)

    def refuse(self, words: str) -> None:
        """Say what cannot be done, and what to do instead."""
        self._message("WARNINGBOX", 1, words)

    def _message(self, kind: str, buttons: int, words: str) -> int:
        import uno  # type: ignore[import-not-found,unused-ignore]

        box = self._window.Toolkit.createMessageBox(
            self._window,
            uno.Enum("com.sun.star.awt.MessageBoxType", kind),
            buttons,
            "isomargin",
            words,
        )
        try:
            return int(box.execute())
        finally:
            box.dispose()

    def _pick(self, field: dict[str, str]) -> list[str]:
        """Files to open, or the name of one to save."""
        import uno

        picker = self._service("com.sun.star.ui.dialogs.FilePicker")
        saving = field["kind"] == "save"
        picker.initialize((_SAVE if saving else _OPEN_SEVERAL,))
        picker.setTitle(field["label"])
        if saving:
            picker.appendFilter("Excel (.xlsx)", "*.xlsx")
            picker.setDefaultName(field["default"])
        else:
            picker.setMultiSelectionMode(True)
        if not picker.execute():
            return []
        return [str(uno.fileUrlToSystemPath(url)) for url in picker.getSelectedFiles()]

    def _typed(self, title: str, fields: list[dict[str, str]]) -> dict[str, str] | None:
        model = self._service("com.sun.star.awt.UnoControlDialogModel")
        step = LABEL + LINE + GAP
        height = GAP + step * len(fields) + LINE + 2 * GAP
        _put(model, Width=WIDTH, Height=height, Title=title)

        def add(kind: str, name: str, **place: Any) -> None:
            control = model.createInstance(f"com.sun.star.awt.UnoControl{kind}Model")
            _put(control, Name=name, **place)
            model.insertByName(name, control)

        for at, field in enumerate(fields):
            top = GAP + at * step
            across = {"PositionX": GAP, "Width": WIDTH - 2 * GAP}
            add(
                "FixedText",
                f"label{at}",
                PositionY=top,
                Height=LABEL,
                Label=field["label"],
                TabIndex=2 * at,  # just before its field, which is called by it
                **across,
            )
            add("Edit", f"text{at}", PositionY=top + LABEL, Height=LINE, Text=field["default"],
                TabIndex=2 * at + 1, **across)  # fmt: skip
        below = height - LINE - GAP
        for at, (name, label, kind) in enumerate((("ok", "OK", 1), ("cancel", "Cancel", 2))):
            add(
                "Button", name, PositionX=WIDTH - (2 - at) * (50 + GAP), PositionY=below, Width=50,
                Height=LINE, Label=label, PushButtonType=kind, DefaultButton=kind == 1,
                TabIndex=2 * len(fields) + at,
            )  # fmt: skip
        dialog = self._service("com.sun.star.awt.UnoControlDialog")
        dialog.setModel(model)
        dialog.createPeer(self._window.Toolkit, self._window)
        try:
            self._centre(dialog)
            if not dialog.execute():
                return None
            return {
                field["key"]: str(dialog.getControl(f"text{at}").getText())
                for at, field in enumerate(fields)
            }
        finally:
            dialog.dispose()

    def _centre(self, dialog: Uno) -> None:
        """In the middle of the document's window, where it hides no title."""
        around, own = self._window.PosSize, dialog.PosSize
        left, top = (around.Width - own.Width) // 2, (around.Height - own.Height) // 2
        dialog.setPosSize(max(0, left), max(0, top), 0, 0, _POSITION)

    def _service(self, name: str) -> Uno:
        return self._context.ServiceManager.createInstanceWithContext(name, self._context)


def _put(model: Uno, **values: Any) -> None:
    for name, value in values.items():
        model.setPropertyValue(name, value)
