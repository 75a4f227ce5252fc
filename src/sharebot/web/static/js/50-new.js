(() => {
  const bar = document.querySelector("[data-ticked]");
  if (bar) {
    const ticks = [...document.querySelectorAll("[data-tick]")], said = bar.querySelector("[data-tick-count]");
    const count = () => {
      const n = ticks.filter((one) => one.checked).length;
      said.textContent = n;
      bar.hidden = !n;
      bar.querySelectorAll("[data-least]").forEach((one) => { one.disabled = n < one.dataset.least; });
    };
    ticks.forEach((one) => one.addEventListener("change", count));
    bar.classList.add("live");
    addEventListener("pageshow", count);
    count();
  }
  document.querySelectorAll("[data-file]").forEach((file) => {
    const alts = file.form.querySelector("[data-alts]");
    const show = () => { alts.hidden = !file.files.length; };
    if (alts) { file.addEventListener("change", show); show(); }
  });
  document.querySelectorAll("form[data-once]").forEach((form) => {
    const button = form.querySelector("[data-busy]"), said = button.textContent;
    form.addEventListener("submit", () => { button.disabled = true; button.textContent = button.dataset.busy; });
    addEventListener("pageshow", () => { button.disabled = false; button.textContent = said; });
  });
})();
