// Pyodide with NumPy and isomargin's formulas. Every file is one that was pinned, or it does not start.
const SETUP = /*@SETUP@*/null;
const base = new URL(SETUP.base, self.location.href).href;
const started = performance.now();
const laps = {};
const lap = (name) => { laps[name] = Math.round(performance.now() - started); };

async function bytes(address, integrity) {
  let answer;
  try {
    answer = await fetch(address, integrity ? { integrity } : undefined);
    if (answer.ok) return await answer.arrayBuffer();
  } catch (error) {
    throw new Error(`${address} did not come, or is not the file that it should be (${error.message})`);
  }
  throw new Error(`${address} did not come (${answer.status})`);
}

// All pinned files at once, each compared with its hash by the browser. Pyodide's own code then gets
// these bytes when it asks for the files: nothing that was not compared is ever run.
async function pinnedFiles() {
  const names = Object.keys(SETUP.hashes);
  const contents = await Promise.all(names.map((name) => bytes(base + name, SETUP.hashes[name])));
  const files = new Map(names.map((name, at) => [base + name, contents[at]]));
  const plainFetch = self.fetch.bind(self);
  self.fetch = async (resource, options) => {
    const address = new URL(resource instanceof Request ? resource.url : String(resource), base).href;
    const content = files.get(address);
    if (!content) return plainFetch(resource, options);
    files.delete(address); // asked for once: its memory can go
    const type = address.endsWith(".wasm") ? "application/wasm" : "application/octet-stream";
    return new Response(content, { headers: { "Content-Type": type } });
  };
  return files;
}

// A script can only be imported by address: the checked bytes get one of their own.
async function imported(content) {
  const own = URL.createObjectURL(new Blob([content], { type: "text/javascript" }));
  try { return await import(own); } finally { URL.revokeObjectURL(own); }
}

async function start() {
  const here = (name) => new URL(name, self.location.href).href;
  const [files, code] = await Promise.all([pinnedFiles(), bytes(here("isomargin.zip"))]);
  const { loadPyodide } = await imported(files.get(base + "pyodide.mjs"));
  await imported(files.get(base + "pyodide.asm.js")); // sets what pyodide.mjs would load itself
  lap("code is here");
  const python = await loadPyodide({ indexURL: base, lockFileURL: here("pyodide-lock.json") });
  lap("Python is up");
  // Unpacked and not installed by Pyodide's loader, which would compile every binary of NumPy at
  // once: so each is when it is first imported, and most never are.
  for (const archive of [...SETUP.wheels.map((name) => files.get(base + name)), code]) {
    python.unpackArchive(archive, "zip", { extractDir: "/isomargin" });
  }
  files.clear();
  python.runPython("import sys; sys.path.insert(0, '/isomargin')");
  const wire = python.pyimport("addin.officejs.wire");
  lap("formulas are up");
  // What only the page needs is imported when it first asks.
  const page = (name) => python.pyimport(`addin.officejs.page.${name}`);
  const does = {
    batch: (text) => wire.batch(text),
    plan: (text) => page("plan").plan(text),
    workbook: (template, cells, text) => {
      const made = page("workbook").to_workbook(python.toPy(new Uint8Array(template)).tobytes(), cells, text);
      try { return made.toJs(); } finally { made.destroy(); }
    },
  };
  return { does, version: python.pyimport("udfs").__version__ };
}

const begun = start();
begun.then(
  ({ version }) => postMessage({ ready: true, laps, version }),
  (error) => postMessage({ failed: `isomargin could not start: ${error.message || error}` }),
);

onmessage = async ({ data: { id, what, given } }) => {
  try {
    const { does } = await begun;
    postMessage({ id, answer: await does[what](...given) });
  } catch (error) {
    // Of Python's account of an error, what it says and not where.
    postMessage({ id, error: String(error.message || error).trim().split("\n").pop() });
  }
};
