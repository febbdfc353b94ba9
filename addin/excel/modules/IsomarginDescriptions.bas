Attribute VB_Name = "IsomarginDescriptions"
' The function wizard's texts. Generated from the catalogue: edit the formulas' docstrings.
Option Explicit
Option Private Module

Public Const ISOMARGIN_VERSION As String = "{version}"

Private refused As Boolean

' Runs whenever the workbook is opened: Excel keeps the formulas' own texts in the file, but not
' their categories and the arguments' texts. In an add-in Excel refuses them while it is hidden;
' showing it when Excel starts could flash, or keep Excel from opening an empty workbook.
Public Sub IsomarginDescribeFormulas()
    Dim saved As Boolean
    saved = ThisWorkbook.Saved
    refused = False
    DescribeAll
    ThisWorkbook.Saved = saved
End Sub

' Before a person looks at the list of functions: the add-in shows itself for that moment.
Public Sub IsomarginDescribeOnRequest()
    Dim saved As Boolean, updating As Boolean
    Dim active As Object
    If Not refused Then Exit Sub
    saved = ThisWorkbook.Saved
    updating = Application.ScreenUpdating
    On Error Resume Next
    Set active = ActiveWorkbook
    Application.ScreenUpdating = False
    ThisWorkbook.IsAddin = False
    IsomarginDescribeFormulas
    ThisWorkbook.IsAddin = True
    If Not active Is Nothing Then active.Activate
    Application.ScreenUpdating = updating
    ThisWorkbook.Saved = saved
End Sub

Private Sub Describe(ByVal formula As String, ByVal category As String, _
        ByVal summary As String, Optional ByVal help As Variant)
    Dim macro As String
    If refused Then Exit Sub
    macro = "'" & Replace(ThisWorkbook.Name, "'", "''") & "'!" & formula
    On Error GoTo skipped
    If IsMissing(help) Then
        Application.MacroOptions Macro:=macro, Description:=summary, Category:=category
    Else
        Application.MacroOptions Macro:=macro, Description:=summary, Category:=category, _
            ArgumentDescriptions:=help
    End If
    Exit Sub
skipped:
    refused = True
End Sub

