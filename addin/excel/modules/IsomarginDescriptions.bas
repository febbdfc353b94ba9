Attribute VB_Name = "IsomarginDescriptions"
' The function wizard's texts. Generated from the catalogue: edit the formulas' docstrings.
Option Explicit
Option Private Module

Public Const ISOMARGIN_VERSION As String = "{version}"

Private refused As Boolean

' Runs whenever the workbook is opened: Excel does not keep the arguments' texts in the file.
Public Sub IsomarginDescribeFormulas()
    Dim saved As Boolean
    saved = ThisWorkbook.Saved
    refused = False
    DescribeAll
    If refused And ThisWorkbook.IsAddin Then
        ' Excel describes no functions of a hidden workbook, and an add-in is one.
        On Error Resume Next
        Application.ScreenUpdating = False
        ThisWorkbook.IsAddin = False
        DescribeAll
        ThisWorkbook.IsAddin = True
        Application.ScreenUpdating = True
    End If
    ThisWorkbook.Saved = saved
End Sub

Private Sub Describe(ByVal formula As String, ByVal category As String, _
        ByVal summary As String, Optional ByVal help As Variant)
    Dim macro As String
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

