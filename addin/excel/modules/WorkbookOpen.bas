' Tells the function wizard what the formulas and their arguments mean.
Private Sub Workbook_Open()
    IsomarginDescribeFormulas
End Sub
