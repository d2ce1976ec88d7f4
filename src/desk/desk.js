"use strict";
// The page works without this. With it, a choice shows at once, frames are as high as their mails, and the page is asked
// for again when a file has changed.
document.documentElement.classList.add("scripted");
const form = document.getElementById("choose");
form.addEventListener("change", (event) => {
  // Another meeting has other people.
  if (event.target.name === "about" && form.elements.to) form.elements.to.disabled = true;
  form.requestSubmit();
});

function fit(frame) {
  const page = frame.contentDocument;
  if (!page || !page.documentElement) return;
  frame.style.height = "0";
  frame.style.height = Math.max(page.documentElement.scrollHeight + 2, 120) + "px";
}
function fitAll() {
  for (const frame of document.querySelectorAll("iframe")) {
    frame.addEventListener("load", () => fit(frame));
    if (frame.contentDocument && frame.contentDocument.readyState === "complete") fit(frame);
  }
}
fitAll();
window.addEventListener("resize", () => document.querySelectorAll("iframe").forEach(fit));
document.addEventListener("toggle", (event) => event.target.querySelectorAll("iframe").forEach(fit), true);

let asked = 0;
async function renew() {
  const number = ++asked;
  const answer = await fetch(location.href);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  // A later question may have been answered first.
  if (number !== asked) return;
  const opened = [...document.querySelectorAll("details")].map((each) => each.open);
  const scrolled = window.scrollY;
  const old = document.getElementById("desk");
  const height = old.offsetHeight;
  const next = document.importNode(page.getElementById("desk"), true);
  // The page must not jump while its frames are loading.
  next.style.minHeight = height + "px";
  setTimeout(() => { next.style.minHeight = ""; }, 500);
  old.replaceWith(next);
  next.querySelectorAll("details").forEach((each, place) => { each.open = opened[place] === true; });
  document.querySelector(".state").replaceWith(document.importNode(page.querySelector(".state"), true));
  fitAll();
  window.scrollTo(0, scrolled);
}
// A page that is left must let go of its connection: browsers keep pages to go back to, and have six for a server.
let news;
function listen() {
  news = new EventSource("/events");
  news.addEventListener("edition", (event) => {
    document.getElementById("lost").hidden = true;
    if (event.data !== document.getElementById("desk").dataset.edition) renew();
  });
  news.addEventListener("error", () => { document.getElementById("lost").hidden = false; });
}
listen();
window.addEventListener("pagehide", () => news.close());
window.addEventListener("pageshow", (event) => { if (event.persisted) listen(); });
