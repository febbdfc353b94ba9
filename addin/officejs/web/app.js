// Excel's formulas: each a question to Python; those asked together travel together.
"use strict";
(() => {
  if (!window.CustomFunctions) return; // Office.js did not come: the pane says so
  const NAMES = /*@NAMES@*/[];
  const CODES = {
    "#NUM!": "invalidNumber", "#N/A": "notAvailable", "#VALUE!": "invalidValue",
    "#DIV/0!": "divisionByZero", "#NULL!": "nullReference",
  };

  // Excel takes no #REF! and no #NAME? from a formula of an add-in: they become #VALUE!.
  const error = (code, words) => new CustomFunctions.Error(CustomFunctions.ErrorCode[code], words);
  const fault = (cell) => error(CODES[cell.e] || "invalidValue", cell.w);
  const isFault = (cell) => typeof cell === "object" && cell !== null;

  function cellIn(value) {
    if (typeof value !== "object" || value === null) return value;
    if (value.code) return { e: value.code };
    if (value.type === "Error") return { e: value.basicValue || "#VALUE!" };
    return "basicValue" in value ? value.basicValue : { e: "#VALUE!" };
  }

  function argumentIn(value) {
    if (value === null || value === undefined) return null; // left out
    if (!Array.isArray(value)) return [[cellIn(value)]];
    return value.map((row) => (Array.isArray(row) ? row.map(cellIn) : [cellIn(row)]));
  }

  const cellOut = (cell) => (isFault(cell) ? fault(cell) : cell);

  function answerOut(answer) {
    if (Array.isArray(answer)) return answer.map((row) => row.map(cellOut));
    if (isFault(answer)) throw fault(answer);
    return [[answer]];
  }

  let queue = [];
  const counts = (window.isomargin.counts = { calls: 0, batches: 0 });

  async function flush() {
    const batch = queue;
    queue = [];
    counts.batches += 1;
    counts.calls += batch.length;
    try {
      const text = await window.isomargin.ask("batch", JSON.stringify(batch.map(({ call }) => call)));
      JSON.parse(text).forEach((answer, at) => batch[at].resolve(answer));
    } catch (problem) {
      const told = error("notAvailable", problem.message);
      for (const one of batch) one.reject(told);
    }
  }

  function call(name, given) {
    return new Promise((resolve, reject) => {
      if (!queue.length) setTimeout(flush, 0);
      queue.push({ call: [name, given], resolve, reject });
    });
  }
  window.isomargin.call = call;

  // At once, not after something has been loaded: Excel may call as soon as the page is there.
  for (const [name, repeats] of NAMES) {
    CustomFunctions.associate(name, async (...given) => {
      given.pop(); // what Excel says about the call itself
      if (repeats) given = [...given.slice(0, -1), ...(given[given.length - 1] || [])];
      return answerOut(await call(name, given.map(argumentIn)));
    });
  }
})();
