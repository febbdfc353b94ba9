// Writes the books that it gets as JSON with SheetJS and exceljs; `make.py` starts it.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(process.cwd() + "/");
const XLSX = require("xlsx");
const ExcelJS = require("exceljs");
const [source, folder] = process.argv.slice(2);

for (const book of JSON.parse(readFileSync(source, "utf8"))) {
  const path = `${folder}/${book.file}`;
  if (book.writer === "sheetjs") {
    const sheet = {};
    for (const [cell, value] of Object.entries(book.cells)) {
      const kind = typeof value === "number" ? "n" : typeof value === "boolean" ? "b" : "s";
      sheet[cell] = String(value).startsWith("=") ? { t: "n", f: value.slice(1) } : { t: kind, v: value };
    }
    for (const [cell, [formula, isArray]] of Object.entries(book.formulas)) {
      sheet[cell] = { t: "n", f: formula.slice(1), ...(isArray ? { F: `${cell}:${cell}` } : {}) };
    }
    sheet["!ref"] = "A1:H40";
    const workbook = XLSX.utils.book_new();
    XLSX.utils.book_append_sheet(workbook, sheet, "Data");
    const names = Object.entries(book.names).map(([Name, Ref]) => ({ Name, Ref }));
    workbook.Workbook = { Names: names, WBProps: { date1904: book.date1904 } };
    XLSX.writeFile(workbook, path, { compression: true });
  } else {
    const workbook = new ExcelJS.Workbook();
    workbook.created = workbook.modified = new Date(0);
    workbook.properties.date1904 = book.date1904;
    const sheet = workbook.addWorksheet("Data");
    for (const [cell, value] of Object.entries(book.cells)) {
      sheet.getCell(cell).value = String(value).startsWith("=") ? { formula: value.slice(1) } : value;
    }
    for (const [cell, [formula, isArray]] of Object.entries(book.formulas)) {
      const array = isArray ? { shareType: "array", ref: cell } : {};
      sheet.getCell(cell).value = { formula: formula.slice(1), ...array };
    }
    await workbook.xlsx.writeFile(path);
  }
}
