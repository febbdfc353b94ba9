// As much of Excel as the pane asks of it: sheets with cells, which only change when synchronised.
"use strict";
(() => {
  const book = (window.book = { sheets: {}, protected: [], opened: [], startup: null });
  window.setBook = (sheets, locked) => { book.sheets = sheets; book.protected = locked || []; };

  function sheetOf(name, wishes) {
    const rows = book.sheets[name];
    return {
      name,
      getUsedRangeOrNullObject: () => ({
        load() {}, isNullObject: rows.length === 0, rowIndex: 1, columnIndex: 2,
        get formulas() { return rows.map((row) => row.map(({ formula }) => formula)); },
        get values() { return rows.map((row) => row.map(({ value }) => value)); },
      }),
      getCell: (row, column) => ({
        set formulas([[text]]) { wishes.push({ name, cell: rows[row - 1][column - 2], text }); },
      }),
    };
  }

  window.Excel = {
    async run(work) {
      let wishes = [];
      const sheets = { load() {}, get items() { return Object.keys(book.sheets).map((name) => sheetOf(name, wishes)); } };
      return work({
        workbook: { worksheets: sheets },
        async sync() {
          const now = wishes.splice(0);
          if (now.some(({ name }) => book.protected.includes(name))) throw new Error("AccessDenied");
          for (const { cell, text } of now) { cell.formula = text; cell.value = 1; }
        },
      });
    },
    async createWorkbook(text) { book.opened.push(text); },
  };
  window.Office = {
    onReady: (then) => then({}),
    StartupBehavior: { load: "Load" },
    addin: { async setStartupBehavior(value) { book.startup = value; } },
  };
})();
