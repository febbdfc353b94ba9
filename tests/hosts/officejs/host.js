// Excel's side of a page: Microsoft's own runtime talks to this as it would to Excel.
"use strict";
(() => {
  const asked = new Map();
  let next = 1;
  const host = (window.host = { messages: 0 });

  // What the runtime tells Excel: results of calls, and questions that have no meaning here.
  const bridge = (window._richApiNativeBridge = {
    sendMessageToHost(text) {
      host.messages += 1;
      const message = JSON.parse(text);
      let body = message.message && message.message.body;
      if (typeof body === "string") body = JSON.parse(body);
      const actions = (body && body.Actions) || [];
      for (const action of actions) take(action);
      const results = actions.map((action) => ({
        ActionId: action.Id, Value: action.Name === "_GetEnabledFeatures" ? [] : null,
      }));
      const reply = { statusCode: 200, headers: {}, body: JSON.stringify({ Results: results }) };
      setTimeout(() => tell({ id: message.id, type: 2, message: reply }), 0);
    },
  });
  const tell = (message) => bridge.onMessageFromHost(JSON.stringify(message));

  function take({ Name, ArgumentInfo }) {
    const given = ArgumentInfo && ArgumentInfo.Arguments;
    if (Name === "SetInvocationArrayResults") {
      for (const [id, ok, value, code] of given[0]) settle(id, ok, value, code);
    } else if (Name === "SetInvocationResults") {
      for (const { id, failed, value, errorCode } of given[0]) settle(id, !failed, value, errorCode);
    }
  }

  // Excel's numbers of the errors a call may end in.
  const ERRORS = {
    0: "#VALUE!", 1: "#N/A", 2: "#VALUE!", 3: "#VALUE!", 5: "#DIV/0!", 6: "#NUM!", 7: "#VALUE!",
    8: "#NULL!", 9: "#NAME?", 10: "#NAME?",
  };

  function settle(id, ok, value, code) {
    const resolve = asked.get(id);
    asked.delete(id);
    if (resolve) resolve(ok ? { value } : { error: ERRORS[code] || `error ${code}`, words: value });
  }

  // Calls as Excel makes them in one recalculation: [[name, argument, ...], ...].
  host.invoke = (calls) => {
    const errorsMayComeIn = 4;
    const entries = [];
    const answers = calls.map(([name, ...given]) => new Promise((resolve) => {
      const id = next++;
      asked.set(id, resolve);
      const what = JSON.stringify([id, name, given, "Sheet1!A1", errorsMayComeIn]);
      entries.push([1, 1000, "", what, id]);
    }));
    tell({ type: 3, message: { entries } });
    return Promise.all(answers);
  };
})();
