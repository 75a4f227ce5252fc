// The editor: counts as each network counts (rules/lengths.py says the same), shows the preview while somebody types.
(() => {
  const form = document.querySelector("[data-edit]");
  const signs = new Intl.Segmenter("en", { granularity: "grapheme" });
  const bytes = new TextEncoder();
  const picture = /^[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u2328\u2388\u23cf-\u23fa\u24c2\u25aa-\u25fe\u2600-\u27bf\u2934\u2935\u2b05-\u2b55\u3030\u303d\u3297\u3299\u{1f000}-\u{1f1e5}\u{1f200}-\u{1f3fa}\u{1f400}-\u{1faff}]/u;
  const flags = /^[\u{1f1e6}-\u{1f1ff}]{2}$/u;
  const label = "[\\p{L}\\p{N}](?:[\\p{L}\\p{N}_-]{0,200}[\\p{L}\\p{N}])?";
  const address = new RegExp(
    `https?://${label}(?:\\.${label})+(?::\\p{Nd}{1,5})?(?:[/?#][^\\s<>]*)?` +
    `|(?<![\\p{L}\\p{N}_@$#.-])${label}(?:\\.${label})*\\.(?:com|org|net|info|int|edu|gov|news|media|app|social|example|[a-z]{2})` +
    `(?![\\p{L}\\p{N}_.@-])(?:/[^\\s<>]*)?`, "giu");

  // As the server counts: two consonants of an Indic conjunct are two signs.
  const conjunct = /(?<=[\p{M}\u200d])(?=\p{L})(?![\u0e33\u0eb3\uff9e\uff9f])/u;
  const split = (text) => [...signs.segment(text)].flatMap((one) => one.segment.split(conjunct));
  const isEmoji = (sign) => sign.includes("\u20e3") || flags.test(sign) ||
    (picture.test(sign) && ([...sign].length > 1 || sign.codePointAt(0) >= 0x2000));
  const isDomain = (url) => {
    const host = url.replace(/^https?:\/\//i, "").split(/[/?#:]/)[0];
    try {
      return Boolean(new URL(`http://${host}`)) && !/\.\d+$/.test(host);
    } catch {
      return false;
    }
  };
  const weight = (mark) => {
    const at = mark.codePointAt(0);
    return at <= 4351 || (at >= 8192 && at <= 8205) || (at >= 8208 && at <= 8223) || (at >= 8242 && at <= 8247) ? 100 : 200;
  };
  const sum = (all) => all.reduce((one, other) => one + other, 0);
  const signWeight = (sign) => isEmoji(sign)
    ? 200 + sum([...sign].filter((mark) => /[\p{Mn}]/u.test(mark) && !/[\ufe00-\ufe0f]/.test(mark)).map(weight))
    : sum([...sign].map(weight));

  const xLength = (text) => {
    let urls = 0;
    const rest = text.normalize("NFC").replace(address, (found) => {
      const url = found.replace(found.includes("(") ? /[.,;:!?'"»”]+$/u : /[.,;:!?'"»”)\]]+$/u, "");
      if (!isDomain(url)) return found;
      urls += 1;
      return "\0" + found.slice(url.length);
    });
    return Math.floor(sum(rest.split("\0").flatMap(split).map(signWeight)) / 100) + 23 * urls;
  };
  const blueskyLength = (text) => Math.max(split(text).length, Math.ceil(bytes.encode(text).length / 10));
  const counts = {
    x: [xLength, 280],
    bluesky: [blueskyLength, 300],
    mastodon: [(text) => split(text.replace(/https?:\/\/\S+/gu, "x".repeat(23))).length, 500],
    threads: [(text) => sum(split(text).map((sign) => isEmoji(sign) ? bytes.encode(sign).length : [...sign].length)), 500],
    linkedin: [(text) => text.length, 3000],
    instagram: [(text) => text.length, 2200],
    facebook: [(text) => text.length, 5000],
    whatsapp: [(text) => text.length, 4096],
    telegram: [(text) => text.length, 4096],
  };
  // Read by a test that compares both countings.
  window.sharebotCounts = counts;
  if (!form) return;

  const count = (counter) => {
    const text = document.getElementById(counter.dataset.for).value.trim();
    const each = counter.dataset.count === "each";
    const [measure, limit] = counts[each ? "x" : counter.dataset.count];
    const n = Math.max(...(each ? text.split(/\n\s*\n/) : [text]).map((one) => one && measure(`${one} ${form.dataset.link}`)));
    const number = new Intl.NumberFormat(form.dataset.locale);
    counter.textContent = n ? `${each ? "X: " : ""}${number.format(n)} / ${number.format(limit)}` : "";
    counter.classList.toggle("over", n > limit);
  };

  const shown = document.querySelector("[data-shown]");
  let asked = 0, waiting = 0, changed = "dirty" in form.dataset;
  const look = async (address) => {
    const mine = asked += 1;
    shown.setAttribute("aria-busy", "true");
    try {
      const target = new URL(address, location.href);
      target.searchParams.set("part", "1");
      const answer = await fetch(target, { method: "POST", body: new URLSearchParams(new FormData(form)) });
      if (answer.ok && mine === asked) shown.innerHTML = await answer.text();
    } catch { /* The line is down; the next pause asks again. */ }
    if (mine === asked) shown.setAttribute("aria-busy", "false");
  };
  const tier = () => [...shown.querySelectorAll("[data-look][aria-current]")].pop()?.formAction ?? form.dataset.preview;

  const typed = () => {
    changed = true;
    document.querySelector("[data-unkept]")?.removeAttribute("hidden");
    clearTimeout(waiting);
    waiting = setTimeout(() => look(tier()), 700);
  };
  form.querySelectorAll("[data-count]").forEach(count);
  form.addEventListener("input", (event) => {
    const counter = form.querySelector(`[data-for="${event.target.id}"]`);
    if (counter) count(counter);
    typed();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-look]");
    if (!button) return;
    event.preventDefault();
    look(shown.contains(button) ? button.formAction : tier());
    if (!shown.contains(button)) document.getElementById("preview").scrollIntoView();
  });
  form.addEventListener("submit", () => { changed = false; });
  addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });

  const lead = document.querySelector("[data-plan-shown]");
  const who = document.querySelector("[data-who] b");
  if (lead && who) new MutationObserver(() => {
    const words = lead.querySelector(".outlook .lead b");
    if (words) who.textContent = words.textContent.trim();
    document.querySelector("[data-when]").hidden = true;
  }).observe(lead, { childList: true, subtree: true });
})();
