// Keeps the site's files, so that the page works without a connection after the first time.
"use strict";
const SITE = /*@SITE@*/null;
const CACHE = `isomargin-${SITE.hash}`;
const here = (name) => new URL(name, self.registration.scope).href;
const kept = new Set([...SITE.files.map(here), ...SITE.pyodide.map((name) => new URL(name, self.registration.scope).href)]);

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([...kept])).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("isomargin-") && name !== CACHE) await caches.delete(name);
    }
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const address = event.request.url.split("#")[0].split("?")[0];
  const wanted = address === here("./") ? here("index.html") : address;
  if (event.request.method !== "GET" || !kept.has(wanted)) return;
  event.respondWith(caches.open(CACHE).then(async (cache) => (await cache.match(wanted)) || fetch(event.request)));
});
