Attribute VB_Name = "IsomarginPress"
' The buttons that act on the open workbook: Python says what to ask, what it would write, and
' writes it; the forms stand here.
Option Explicit

Private Const CALLED As String = "workbook.live.excel.server"
Private Const TITLE As String = "isomargin"
Private Const AGREED As String = "OK"
Private Const NOTHING_NEW As String = "NOTHING"

Private ribbon As IRibbonUI
Private before As String

' The ribbon is kept, to be drawn anew when another row is chosen.
Public Sub IsomarginRibbonLoaded(loaded As IRibbonUI)
    Set ribbon = loaded
End Sub

Public Sub IsomarginAct(control As IRibbonControl)
    Press control.Tag
End Sub

Public Sub IsomarginEnabled(control As IRibbonControl, ByRef enabled As Variant)
    enabled = CanPress(control.Tag)
End Sub

' A macro workbook shows the tab only where the add-in is not there to show it.
Public Sub IsomarginTabVisible(control As IRibbonControl, ByRef visible As Variant)
    Dim addin As Object
    visible = True
    If StrComp(ThisWorkbook.Name, "isomargin.xlam", vbTextCompare) = 0 Then Exit Sub
    On Error GoTo alone
    Set addin = Workbooks("isomargin.xlam")
    visible = False
alone:
End Sub

' Called whenever another cell, sheet or workbook is chosen.
Public Sub IsomarginLook()
    Dim state As String
    If ribbon Is Nothing Then Exit Sub
    state = CanPress("take") & CanPress("close")
    If state = before Then Exit Sub
    before = state
    ribbon.Invalidate
End Sub

Private Function CanPress(ByVal button As String) As Boolean
    On Error GoTo cannot
    If ActiveWorkbook Is Nothing Then Exit Function
    If ActiveWorkbook.Names("Template_version") Is Nothing Then Exit Function
    CanPress = True
    If button = "take" Then CanPress = InPlan(ActiveCell)
    Exit Function
cannot:
    CanPress = False
End Function

Private Function InPlan(ByVal cell As Range) As Boolean
    If cell.ListObject Is Nothing Then Exit Function
    If cell.ListObject.Name <> "Plan" Then Exit Function
    InPlan = (cell.Row > cell.ListObject.HeaderRowRange.Row)
End Function

Private Sub Press(ByVal button As String)
    Dim reply As String, answers As String
    On Error GoTo failed
    If Not Asked("form", button, "", reply) Then Exit Sub
    If Not FilledIn(button, reply, answers) Then Exit Sub
    If Not Asked("preview", button, answers, reply) Then Exit Sub
    If MsgBox("This will be written:" & vbLf & vbLf & Shown(reply), _
        vbOKCancel + vbQuestion, TITLE) <> vbOK Then Exit Sub
    If Not Written(button, reply) Then Exit Sub
    If Not Asked("after", button, "", reply) Then Exit Sub
    If reply <> "" Then MsgBox Shown(reply), vbInformation, TITLE
    Exit Sub
failed:
    MsgBox "Python does not answer: " & Err.Description & vbLf & vbLf & _
        "Type in a terminal:  isomargin doctor", vbExclamation, TITLE
End Sub

' Nothing computes, is drawn or runs while Python writes, and all of it is given back, whatever
' happens: a formula asked for meanwhile would wait for Python, and Python for it.
Private Function Written(ByVal button As String, ByRef reply As String) As Boolean
    Dim mode As Long, updating As Boolean, events As Boolean
    Dim number As Long, words As String
    mode = Application.Calculation
    updating = Application.ScreenUpdating
    events = Application.EnableEvents
    On Error GoTo failed
    Application.ScreenUpdating = False
    Application.EnableEvents = False
    Application.Calculation = xlCalculationManual
    reply = Answer("commit", button, "")
    GiveBack mode, updating, events
    Written = Understood(reply)
    Exit Function
failed:
    number = Err.Number
    words = Err.Description
    GiveBack mode, updating, events
    Err.Raise number, TITLE, words
End Function

Private Sub GiveBack(ByVal mode As Long, ByVal updating As Boolean, ByVal events As Boolean)
    On Error Resume Next
    Application.Calculation = mode
    Application.EnableEvents = events
    Application.ScreenUpdating = updating
End Sub

Private Function Answer(ByVal part As String, ByVal button As String, _
        ByVal answers As String) As String
    Answer = IsomarginPython().CallUDF(CALLED, "isomargin_press", _
        Array((part), (button), (answers)), ActiveWorkbook)
End Function

' One question to Python; where it refuses, its words are shown.
Private Function Asked(ByVal part As String, ByVal button As String, ByVal answers As String, _
        ByRef reply As String) As Boolean
    reply = Answer(part, button, answers)
    Asked = Understood(reply)
End Function

' Takes the first line off a reply, and says what it says where the way ends here.
Private Function Understood(ByRef reply As String) As Boolean
    Dim word As String, at As Long
    at = InStr(reply, vbLf)
    If at = 0 Then
        word = reply
        reply = ""
    Else
        word = Left$(reply, at - 1)
        reply = Mid$(reply, at + 1)
    End If
    If word = AGREED Then
        Understood = True
    ElseIf word = NOTHING_NEW Then
        MsgBox Shown(reply), vbInformation, TITLE
    Else
        MsgBox Shown(reply), vbExclamation, TITLE
    End If
End Function

' A message box cuts what is longer without a word.
Private Function Shown(ByVal words As String) As String
    Shown = words
    If Len(words) > 900 Then Shown = Left$(words, 900) & vbLf & "..."
End Function

' A question for each field of a form; False where the person gives up.
Private Function FilledIn(ByVal button As String, ByVal form As String, _
        ByRef answers As String) As Boolean
    Dim lines As Variant, parts As Variant, typed As String
    Dim i As Long
    answers = ""
    If form <> "" Then
        lines = Split(form, vbLf)
        For i = LBound(lines) To UBound(lines)
            parts = Split(lines(i), vbTab)
            If Not FieldAnswer(TITLE & ": " & button, parts, typed) Then Exit Function
            answers = answers & parts(1) & vbTab & typed & vbLf
        Next i
    End If
    FilledIn = True
End Function

' The answer to one field: files to open, the name of one to save, or a text.
Private Function FieldAnswer(ByVal caption As String, ByVal parts As Variant, _
        ByRef typed As String) As Boolean
    Dim found As Variant
    Select Case parts(0)
        Case "files"
            found = Application.GetOpenFilename("All files (*.*),*.*", 1, parts(2), , True)
            If Not IsArray(found) Then Exit Function
            typed = Join(found, "|")
        Case "save"
            found = Application.GetSaveAsFilename(parts(3), "Excel (*.xlsx),*.xlsx", 1, parts(2))
            If VarType(found) = vbBoolean Then Exit Function
            typed = found
        Case Else
            found = Application.InputBox(parts(2), caption, parts(3), , , , , 2)
            If VarType(found) = vbBoolean Then Exit Function
            typed = Replace(Replace(found, vbTab, " "), vbLf, " ")
    End Select
    FieldAnswer = True
End Function
