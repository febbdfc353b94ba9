' Tells the function wizard what the formulas and their arguments mean, and the ribbon when another
' row, sheet or workbook is chosen.
Private WithEvents host As Application

Private Sub Workbook_Open()
    Set host = Application
    IsomarginDescribeFormulas
End Sub

Private Sub host_SheetSelectionChange(ByVal Sh As Object, ByVal Target As Range)
    IsomarginLook
End Sub

Private Sub host_SheetActivate(ByVal Sh As Object)
    IsomarginLook
End Sub

Private Sub host_WorkbookActivate(ByVal Wb As Workbook)
    IsomarginLook
End Sub
