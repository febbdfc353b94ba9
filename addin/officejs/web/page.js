// The page: what is typed goes to Python, what comes back is shown. The address holds the plan.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const { markets, fields, defaults, first } = window.planData;
  const MAIN = ["entry", "stop", "account", "risk", "leverage", "days", "volatility"];
  const TERMS = fields.map(({ name }) => name).filter((name) => !MAIN.includes(name));
  const SELECTS = ["model", "remainder"];
  let tiers = [];

  function make(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  // The fields

  for (const { name, label, unit } of fields) {
    const input = make("input", { id: name, name, inputmode: "decimal", "aria-describedby": `${name}-wrong` });
    const box = make("label", { for: name }, unit ? `${label}, ${unit}` : label, input);
    $(MAIN.includes(name) ? "main-fields" : "term-fields")
      .append(box, make("p", { id: `${name}-wrong`, class: "wrong" }));
  }
  const groups = new Map();
  markets.forEach(({ venue, symbol }, at) => {
    if (!groups.has(venue)) groups.set(venue, make("optgroup", { label: venue }));
    groups.get(venue).append(make("option", { value: at }, symbol ? `${venue} ${symbol}` : `${venue}, another market`));
  });
  $("market").append(...groups.values());

  const market = () => markets[$("market").value];
  const side = () => document.querySelector("input[name=side]:checked").value;
  const key = ({ venue, symbol }) => `${venue}/${symbol}`;

  function takeTerms() {
    const { terms, source, asOf } = market();
    for (const name of [...TERMS, ...SELECTS]) $(name).value = terms[name];
    tiers = market().tiers;
    const told = `Terms as of ${asOf}: ${source}. Look them up before you rely on them.`;
    $("source").replaceChildren(...told.split(/(https:\/\/[^\s;,]+[^\s;,.])/).map((part) => (
      part.startsWith("https://") ? make("a", { href: part, rel: "noopener noreferrer" }, part) : part)));
  }

  // What Python is asked: texts as typed.
  function typed() {
    const found = { side: side(), symbol: market().symbol, venue: market().venue, tiers, tiering: market().tiering };
    for (const name of [...MAIN, ...TERMS, ...SELECTS]) found[name] = $(name).value;
    return found;
  }

  // The address: what differs from the beginning, behind the #, which browsers never send.

  function toAddress() {
    const values = new URLSearchParams();
    if (side() !== defaults.side) values.set("side", side());
    for (const name of MAIN) if ($(name).value !== defaults[name]) values.set(name, $(name).value);
    if (key(market()) !== key(markets[0])) values.set("market", key(market()));
    for (const name of [...TERMS, ...SELECTS]) {
      if ($(name).value !== String(market().terms[name])) values.set(name, $(name).value);
    }
    const text = values.toString();
    history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
  }

  function fromAddress() {
    const values = new URLSearchParams(location.hash.slice(1));
    const wanted = values.get("market");
    const at = markets.findIndex((one) => key(one) === wanted);
    $("market").value = at < 0 ? 0 : at;
    takeTerms();
    const chosen = values.get("side") === "short" ? "short" : "long";
    document.querySelector(`input[name=side][value=${chosen}]`).checked = true;
    for (const name of MAIN) $(name).value = values.get(name) ?? defaults[name];
    for (const name of [...TERMS, ...SELECTS]) if (values.has(name)) $(name).value = values.get(name);
    if (values.has("maintenance")) tiers = [];
    for (const name of SELECTS) if (!$(name).value) $(name).value = market().terms[name];
  }

  // Numbers as people write them

  function number(value, figures = 6) {
    if (typeof value !== "number") return value === null || value === undefined ? "none" : String(value);
    if (value === 0) return "0";
    const decimals = Math.min(12, Math.max(0, figures - 1 - Math.floor(Math.log10(Math.abs(value)))));
    return value.toLocaleString("en-US", { maximumFractionDigits: decimals });
  }
  const money = (value) => (typeof value === "number"
    ? value.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: Math.abs(value) < 1 ? 4 : 2 }) : number(value));
  const percent = (value) => (typeof value === "number" ? (value > 0 && value < 0.0001 ? "under 0.01%" : `${number(value * 100, 4)}%`) : "none");

  // Showing

  function show(result) {
    for (const { name } of fields) {
      const wrong = result.wrong[name] || "";
      $(`${name}-wrong`).textContent = wrong;
      $(name).toggleAttribute("aria-invalid", false);
      if (wrong) $(name).setAttribute("aria-invalid", "true");
    }
    const wrong = Object.values(result.wrong);
    const about = wrong.length
      ? { kind: "bad", title: "Something typed cannot be read.", words: $("numbers").children.length ? [...wrong, "Until it can, the numbers stay those of before."] : wrong }
      : result.verdict;
    if (Object.keys(result.wrong).some((name) => TERMS.includes(name))) $("terms").open = true;
    $("verdict").className = `verdict ${about.kind}`;
    $("title").textContent = about.title;
    $("words").replaceChildren(...about.words.map((one) => make("li", {}, one)));
    $("bar").className = `bar ${about.kind}`;
    $("bar").textContent = about.title;
    $("answers").classList.toggle("old", wrong.length > 0);
    $("download").disabled = wrong.length > 0 || !isUp;
    if (!wrong.length) showAnswers(result.answers);
  }

  function showAnswers(answers) {
    const value = (name) => (answers[name] ? answers[name].value : null);
    const words = (name) => (answers[name] ? answers[name].words : "");
    const size = value("size");
    const entry = Number.parseFloat($("entry").value);
    const leverage = Number.parseFloat($("leverage").value);
    const outcome = new Map(value("outcome") || []);
    const shown = [
      ["Liquidation price", number(value("liquidation")), words("liquidation")],
      ["Liquidation at the end", number(value("liquidation_at_end")), `after ${$("days").value} days of carry`],
      ["Size", `${number(size)} units`, `notional ${money(size * entry)}`],
      ["Margin", money((size * entry) / leverage), `${number(leverage)} times`],
      ["Carry over the days", money(value("carry")), value("carry") < 0 ? "you receive it" : "you pay it"],
      ["Break-even", number(value("breakeven")), "after fees and carry"],
      ["Most leverage for this stop", number(value("max_leverage"), 3), words("max_leverage")],
      ["Margin lost if liquidated", percent(outcome.get("Loss of margin")), "with fee and slippage"],
    ];
    $("numbers").replaceChildren(...shown.map(([name, text, note]) => make("div", {},
      make("dt", {}, name), make("dd", {}, text, note ? make("small", {}, note) : ""))));
    showLadder(value, entry);
    showTables(value);
    const texts = [...new Set(Object.values(answers).map(({ formula }) => formula).filter(Boolean))];
    $("formula-list").replaceChildren(...texts.map((text) => make("li", {}, make("code", {}, text))));
  }

  function showLadder(value, entry) {
    const rungs = [{ price: entry, label: "entry", kind: "entry" }];
    const add = (price, label, kind) => { if (typeof price === "number" && price > 0) rungs.push({ price, label, kind }); };
    const [soft, hard] = value("stops") || [];
    if (soft) add(soft[1], "soft stop", "careful");
    add(hard ? hard[1] : Number.parseFloat($("stop").value), "stop", "careful");
    add(value("liquidation"), "liquidation", "bad");
    add(value("breakeven"), "break-even", "good");
    (value("scale_out") || []).filter((row) => typeof row[0] === "number").forEach((row) => add(row[2], `target ${row[0]}`, "good"));
    const caption = make("figcaption", {}, "Price ladder");
    const text = make("p", { id: "ladder-words", class: "small" }, window.ladder.words(rungs, number));
    $("ladder").replaceChildren(caption, window.ladder.draw(rungs, number), text);
  }

  function table(title, heads, rows, chosen = () => false) {
    const line = (row) => make("tr", chosen(row) ? { class: "chosen" } : {},
      ...row.map((cell, at) => make(at ? "td" : "th", at ? {} : { scope: "row" }, cell)));
    const whole = make("table", {},
      make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))),
      make("tbody", {}, ...rows.map(line)));
    return [make("h3", {}, title), make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": title }, whole)];
  }

  function showTables(value) {
    const made = [];
    const stops = value("stops");
    if (stops) made.push(...table("Two stops: half at the soft one", ["Stop", "Price", "Close", "Lost there", "Lost in all"],
      stops.map(([tier, price, close, lost, all]) => [tier, number(price), number(close), money(lost), money(all)])));
    const out = value("scale_out");
    if (out) made.push(...table("Scaling out: a quarter at +50% on margin, a quarter at +100%", ["Part", "Price", "Close", "Realised P&L", "In all", "Liquidation after"],
      out.map((row) => [typeof row[0] === "number" ? `Target ${row[0]}` : row[0], number(row[2]), number(row[4]), money(row[5]), money(row[7]), number(row[8])])));
    const column = (name) => { const found = value(name); return Array.isArray(found) ? found.map((row) => row[0]) : [found]; };
    const prices = column("prices_by_leverage"), chances = column("chances_by_leverage");
    const mine = number(Number.parseFloat($("leverage").value));
    made.push(...table("Chance that the price gets to the liquidation, were there no stop", ["Leverage", "Liquidation", "Chance in the days"],
      column("leverages").map((times, at) => [number(times), prices[at] === null ? "at the entry" : number(prices[at]), prices[at] === null ? "at once" : percent(chances[at])]),
      (row) => row[0] === mine));
    $("tables").replaceChildren(...made);
  }

  // Asking: one question at a time, the newest next

  let isUp = false, busy = false, again = false;
  async function ask() {
    toAddress();
    if (busy) { again = true; return; }
    busy = true;
    do {
      again = false;
      try {
        show(JSON.parse(await window.isomargin.ask("plan", JSON.stringify(typed()))));
      } catch (problem) {
        $("title").textContent = "No answer.";
        $("words").replaceChildren(make("li", {}, problem.message));
      }
    } while (again);
    busy = false;
  }

  $("form").addEventListener("input", ({ target }) => {
    if (target.id === "market") takeTerms();
    if (target.id === "maintenance") tiers = [];
    ask();
  });
  $("form").addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("hashchange", () => { fromAddress(); ask(); });
  // Not by their addresses: what stands behind the # is the plan.
  const toAnswers = (event) => { event.preventDefault(); $("answers").focus(); $("answers").scrollIntoView(); };
  $("skip").addEventListener("click", toAnswers);
  $("bar").addEventListener("click", toAnswers);
  new IntersectionObserver(([{ isIntersecting }]) => { $("bar").hidden = isIntersecting; }).observe($("verdict"));

  $("link").addEventListener("click", async () => {
    toAddress();
    try {
      await navigator.clipboard.writeText(location.href);
      $("said").textContent = "Copied. Whoever opens the link sees this plan.";
    } catch {
      $("said").textContent = `Copy the address: ${location.href}`;
    }
  });

  $("download").addEventListener("click", async () => {
    $("said").textContent = "Making the workbook…";
    try {
      const parts = await Promise.all(["plan.xlsx", "plan-cells.json"].map((name) => fetch(name)));
      if (parts.some((part) => !part.ok)) throw new Error("the template did not come");
      const [template, cells] = [await parts[0].arrayBuffer(), await parts[1].text()];
      const content = await window.isomargin.ask("workbook", template, cells, JSON.stringify(typed()));
      const link = make("a", { href: URL.createObjectURL(new Blob([content])), download: `plan-${market().symbol || "trade"}.xlsx` });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
      $("said").textContent = "The workbook has your values. It computes in Excel or LibreOffice with the add-in, or with: isomargin calc.";
    } catch (problem) {
      $("said").textContent = `That did not work: ${problem.message}`;
    }
  });

  // Beginning: what the page was built with is shown at once; Python answers when it is up.
  fromAddress();
  if (!location.hash.slice(1)) show(first);
  ask();
  window.isomargin.ready.then(
    (version) => { isUp = true; $("state").textContent = `Computed in this page by isomargin ${version}.`; },
    (problem) => { $("state").textContent = `${problem.message} Look at your connection and load the page again.`; },
  );
  if ("serviceWorker" in navigator) navigator.serviceWorker.register("offline.js").catch(() => {});
})();
