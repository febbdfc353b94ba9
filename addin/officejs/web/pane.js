// The pane: connect this workbook, check, new plan.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const OURS = /(^|[^A-Z0-9_.])(_xldudf_)?ISO_[A-Z0-9_]+\(/i;

  // Every cell with a formula of ours: its sheet, place, text and what it shows.
  async function ourCells(context) {
    const sheets = context.workbook.worksheets;
    sheets.load("items/name");
    await context.sync();
    const found = [];
    for (const sheet of sheets.items) {
      const used = sheet.getUsedRangeOrNullObject();
      used.load("formulas,values,rowIndex,columnIndex");
      await context.sync();
      if (used.isNullObject) continue;
      used.formulas.forEach((row, r) => row.forEach((text, c) => {
        if (typeof text === "string" && text.startsWith("=") && OURS.test(text)) {
          found.push({
            sheet, row: used.rowIndex + r, column: used.columnIndex + c, text,
            dead: used.values[r][c] === "#NAME?",
          });
        }
      }));
    }
    return found;
  }

  // Excel looks a formula's name up when it is entered, and never again: so it is entered again.
  async function connect() {
    return Excel.run(async (context) => {
      const dead = (await ourCells(context)).filter((cell) => cell.dead);
      const put = (cell) => {
        cell.sheet.getCell(cell.row, cell.column).formulas = [[cell.text.replace(/_xldudf_/gi, "")]];
      };
      let left = 0;
      try {
        dead.forEach(put);
        await context.sync();
      } catch {
        // A protected sheet, a part of an array: those one by one, the others all the same.
        for (const cell of dead) {
          try { put(cell); await context.sync(); } catch { left += 1; }
        }
      }
      return { done: dead.length - left, left };
    });
  }

  async function check() {
    const version = await window.isomargin.call("ISO_VERSION", []);
    const cells = await Excel.run(ourCells);
    return { version, formulas: cells.length, dead: cells.filter((cell) => cell.dead).length };
  }

  async function newPlan() {
    const answer = await fetch("isomargin-web.xlsx");
    if (!answer.ok) throw new Error("the workbook did not come: download it below");
    const bytes = new Uint8Array(await answer.arrayBuffer());
    let text = "";
    for (let at = 0; at < bytes.length; at += 32768) {
      text += String.fromCharCode(...bytes.subarray(at, at + 32768));
    }
    await Excel.createWorkbook(btoa(text));
  }

  const count = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;
  const words = {
    async connect() {
      const { done, left } = await connect();
      try { await Office.addin.setStartupBehavior(Office.StartupBehavior.load); } catch { /* older Excel */ }
      if (!done && !left) return "Nothing to connect: every formula of this workbook answers.";
      const rest = left ? ` ${count(left, "cell")} could not be entered again: unprotect the sheet, or type the formula anew.` : "";
      return `Connected ${count(done, "formula")}.${rest}`;
    },
    async check() {
      const { version, formulas, dead } = await check();
      const state = dead ? ` ${dead} of them show #NAME?: press Connect this workbook.` : "";
      return `Python answers: isomargin ${version}. ${count(formulas, "cell")} of this workbook ask it.${state}`;
    },
    async plan() {
      await newPlan();
      return "A new workbook is open. Type into the yellow cells.";
    },
  };

  async function press(name) {
    $("said").textContent = "…";
    try {
      if (!window.Excel) throw new Error("this page works inside Excel; how it gets there stands under Installing");
      $("said").textContent = await words[name]();
    } catch (problem) {
      $("said").textContent = `That did not work: ${problem.message || problem}`;
    }
  }

  for (const name of Object.keys(words)) $(name).addEventListener("click", () => press(name));
  const bad = (text) => { $("state").textContent = text; $("state").className = "bad"; };
  if (!window.isomargin.call) {
    bad("Office.js did not come from appsforoffice.microsoft.com, so Excel cannot ask for formulas. Look at your connection, then close and open Excel.");
    return;
  }
  window.isomargin.ready.then(
    (version) => {
      $("state").textContent = `Ready: isomargin ${version}.`;
      for (const name of Object.keys(words)) $(name).disabled = false;
    },
    (problem) => bad(`${problem.message} Formulas show #N/A. Look at your connection, then close and open Excel.`),
  );
  Office.onReady(() => { window.isomargin.inOffice = true; });
})();
