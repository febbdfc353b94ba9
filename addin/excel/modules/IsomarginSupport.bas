Attribute VB_Name = "IsomarginSupport"
' Between the cells and Python: what every ISO_ function goes through.
Option Explicit
Option Private Module

' Python, once it runs. Looking it up anew for each call would read the settings file each time.
Private python As Object

' The answer to one formula: a value or an array, with real Excel errors in it.
Public Function IsomarginCall(ByVal formula As String, ByRef arguments As Variant) As Variant
    IsomarginCall = IsomarginErrors(Answer(formula, Contents(arguments)))
End Function

' Python itself, started if need be.
Public Function IsomarginPython() As Object
    Dim started As Object
    Set started = XLPy()
    ' Python looks for modules in the current folder first, where anybody's files may lie.
    started.Exec "import sys; sys.path[:] = [folder for folder in sys.path if folder]"
    Set IsomarginPython = started
End Function

' Ranges as their values: no call back from Python into Excel, and dates as plain numbers.
Private Function Contents(ByRef arguments As Variant) As Variant
    Dim cells() As Variant
    Dim i As Long, lastRow As Long, lastColumn As Long
    If UBound(arguments) < LBound(arguments) Then
        Contents = arguments
        Exit Function
    End If
    ReDim cells(LBound(arguments) To UBound(arguments))
    ' One end for all the open ranges of a call, so that whole columns stay of one length.
    For i = LBound(arguments) To UBound(arguments)
        If IsObject(arguments(i)) Then FindEnds arguments(i), lastRow, lastColumn
    Next i
    For i = LBound(arguments) To UBound(arguments)
        If IsObject(arguments(i)) Then
            cells(i) = RangeContents(arguments(i), lastRow, lastColumn)
        Else
            cells(i) = arguments(i)
        End If
    Next i
    Contents = cells
End Function

' The last row and column in use on the sheets of ranges that go on to the sheet's end.
Private Sub FindEnds(ByVal source As Object, ByRef lastRow As Long, ByRef lastColumn As Long)
    Dim used As Range
    If Not TypeOf source Is Range Then Exit Sub
    If Not (GoesDown(source) Or GoesRight(source)) Then Exit Sub
    Set used = source.Worksheet.UsedRange
    If used.Row + used.Rows.Count - 1 > lastRow Then lastRow = used.Row + used.Rows.Count - 1
    If used.Column + used.Columns.Count - 1 > lastColumn Then
        lastColumn = used.Column + used.Columns.Count - 1
    End If
End Sub

Private Function GoesDown(ByVal source As Range) As Boolean
    GoesDown = (source.Row + source.Rows.Count - 1 = source.Worksheet.Rows.Count)
End Function

Private Function GoesRight(ByVal source As Range) As Boolean
    GoesRight = (source.Column + source.Columns.Count - 1 = source.Worksheet.Columns.Count)
End Function

Private Function RangeContents(ByVal source As Object, ByVal lastRow As Long, _
        ByVal lastColumn As Long) As Variant
    Dim rowCount As Long, columnCount As Long
    RangeContents = CVErr(xlErrValue)
    If Not TypeOf source Is Range Then Exit Function
    ' Several areas would be cut to the first one without a word.
    If source.Areas.Count > 1 Then Exit Function
    rowCount = source.Rows.Count
    columnCount = source.Columns.Count
    ' A whole column has a million cells, of which few are in use.
    If GoesDown(source) Then rowCount = AtLeastOne(lastRow - source.Row + 1)
    If GoesRight(source) Then columnCount = AtLeastOne(lastColumn - source.Column + 1)
    If rowCount < source.Rows.Count Or columnCount < source.Columns.Count Then
        RangeContents = source.Resize(rowCount, columnCount).Value2
    Else
        RangeContents = source.Value2
    End If
End Function

Private Function AtLeastOne(ByVal count As Long) As Long
    AtLeastOne = count
    If count < 1 Then AtLeastOne = 1
End Function

Private Function Answer(ByVal formula As String, ByVal cells As Variant) As Variant
    If Not python Is Nothing Then
        On Error Resume Next
        Answer = Asked(formula, cells)
        If Err.Number = 0 Then Exit Function
        ' Python was closed since: start it again, once.
        On Error GoTo 0
    End If
    Set python = IsomarginPython()
    Answer = Asked(formula, cells)
End Function

Private Function Asked(ByVal formula As String, ByVal cells As Variant) As Variant
    ' The brackets hand over values; variables would go as references, which COM treats otherwise.
    Asked = python.CallUDF("addin.excel.udf_module", (formula), (cells))
End Function

' An answer with "#NUM!" and its like as the errors they name, element by element.
Public Function IsomarginErrors(ByVal result As Variant) As Variant
    Dim row As Long, column As Long
    If Not IsArray(result) Then
        IsomarginErrors = ErrorOrValue(result)
        Exit Function
    End If
    If IsTable(result) Then
        For row = LBound(result, 1) To UBound(result, 1)
            For column = LBound(result, 2) To UBound(result, 2)
                result(row, column) = ErrorOrValue(result(row, column))
            Next column
        Next row
    Else
        For column = LBound(result) To UBound(result)
            result(column) = ErrorOrValue(result(column))
        Next column
    End If
    IsomarginErrors = result
End Function

Private Function IsTable(ByRef result As Variant) As Boolean
    Dim last As Long
    On Error Resume Next
    last = UBound(result, 2)
    IsTable = (Err.Number = 0)
End Function

Private Function ErrorOrValue(ByVal value As Variant) As Variant
    ErrorOrValue = value
    If VarType(value) <> vbString Then Exit Function
    If Left$(value, 1) <> "#" Then Exit Function
    Select Case value
        Case "#N/A": ErrorOrValue = CVErr(xlErrNA)
        Case "#NUM!": ErrorOrValue = CVErr(xlErrNum)
        Case "#VALUE!": ErrorOrValue = CVErr(xlErrValue)
        Case "#DIV/0!": ErrorOrValue = CVErr(xlErrDiv0)
        Case "#REF!": ErrorOrValue = CVErr(xlErrRef)
        Case "#NAME?": ErrorOrValue = CVErr(xlErrName)
        Case "#NULL!": ErrorOrValue = CVErr(xlErrNull)
    End Select
End Function
