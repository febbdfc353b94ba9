// Python in a worker, so that the page never waits for it. Questions that come while it starts wait.
"use strict";
(() => {
  const waiting = new Map();
  let next = 1;
  let failure = null;
  let settle;
  const ready = new Promise((resolve, reject) => { settle = { resolve, reject }; });
  ready.catch(() => {}); // whoever asks is told; nobody has to listen

  function fail(words) {
    failure = new Error(words);
    settle.reject(failure);
    for (const question of waiting.values()) question.reject(failure);
    waiting.clear();
  }

  let worker;
  try {
    worker = new Worker("worker.js", { type: "module" });
    worker.onerror = (event) => fail(event.message || "the worker did not start");
    worker.onmessage = ({ data }) => {
      if (data.ready) { window.isomargin.laps = data.laps; settle.resolve(data.version); return; }
      if (data.failed) { fail(data.failed); return; }
      const question = waiting.get(data.id);
      waiting.delete(data.id);
      if (data.error) question.reject(new Error(data.error));
      else question.resolve(data.answer);
    };
  } catch (error) {
    fail(String(error));
  }

  // What: the name of a function of the worker; its arguments are text or bytes, and so is its answer.
  function ask(what, ...given) {
    if (failure) return Promise.reject(failure);
    return new Promise((resolve, reject) => {
      const id = next++;
      waiting.set(id, { resolve, reject });
      worker.postMessage({ id, what, given });
    });
  }

  window.isomargin = { ready, ask, laps: null };
})();
