Attribute VB_Name = "IsomarginRibbon"
' What the buttons of the isomargin tab do.
Option Explicit

' A new workbook from the template.
Public Sub IsomarginNewPlan(control As IRibbonControl)
    Dim template As String
    template = GetConfig("TEMPLATE", "")
    If template = "" Then
        MsgBox "The template is not installed. Type in a terminal:  isomargin install excel", _
            vbExclamation, "isomargin"
        Exit Sub
    End If
    On Error GoTo failed
    Workbooks.Add template
    Exit Sub
failed:
    MsgBox "The template cannot be opened: " & template & vbLf & Err.Description & vbLf & _
        "Type in a terminal:  isomargin doctor", vbExclamation, "isomargin"
End Sub

' Excel's own list of functions.
Public Sub IsomarginFunctions(control As IRibbonControl)
    If ActiveWorkbook Is Nothing Then
        MsgBox "Open a workbook first.", vbInformation, "isomargin"
    Else
        IsomarginDescribeOnRequest
        Application.Dialogs(xlDialogFunctionWizard).Show
    End If
End Sub

' Does Python answer, and is it of the same version?
Public Sub IsomarginCheck(control As IRibbonControl)
    Dim found As Variant
    On Error GoTo failed
    found = IsomarginPython().CallUDF("addin.excel.udf_module", "ISO_VERSION", Array())
    If found = ISOMARGIN_VERSION Then
        MsgBox "The formulas work: version " & found & ".", vbInformation, "isomargin"
    Else
        MsgBox "The add-in is of version " & ISOMARGIN_VERSION & ", Python has " & found & "." & _
            vbLf & "Type in a terminal:  isomargin install excel", vbExclamation, "isomargin"
    End If
    Exit Sub
failed:
    MsgBox "Python does not answer: " & Err.Description & vbLf & vbLf & _
        "Type in a terminal:  isomargin doctor", vbExclamation, "isomargin"
End Sub

Public Sub IsomarginHelp(control As IRibbonControl)
    MsgBox "Type =ISO_ in a cell to see the formulas, or press the button Functions." & vbLf & _
        vbLf & "A formula shows an error? Put its name and its arguments into ISO_EXPLAIN:" & _
        vbLf & "=ISO_EXPLAIN(""ISO_POSITION_SIZE"",10000,2,100,96)" & vbLf & vbLf & _
        "The sheets Start and Reference of a new plan explain the rest." & vbLf & vbLf & _
        "Educational, not advice.", vbInformation, "isomargin"
End Sub
