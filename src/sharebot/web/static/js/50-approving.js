// The form to decide by: who gets it is worked out anew with every change, and parties are found by their names.
(() => {
  const form = document.querySelector("form[data-plan]");
  if (!form) return;
  const shown = form.querySelector("[data-plan-shown]");
  const button = form.querySelector("[data-plan-button]");
  let asked = 0, timer = 0;

  const address = () => {
    const query = new URLSearchParams(new FormData(form));
    for (const name of ["seen", "content_hash", "versions", "wave"]) query.delete(name);
    return `${form.getAttribute("action").split("#")[0]}?${query}`;
  };
  const work = async () => {
    const mine = ++asked;
    shown.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address(), { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("form[data-plan] [data-plan-shown]");
      if (mine !== asked || !answer.ok || !fresh) throw new Error("no answer");
      shown.replaceChildren(...fresh.childNodes);
      for (const part of ["[data-plan] details.narrow > summary", "[data-who]"]) {
        const here = document.querySelector(part), there = page.querySelector(part);
        if (here && there) here.replaceChildren(...there.childNodes);
      }
      if (button) button.hidden = true;
    } catch {
      if (mine === asked && button) button.hidden = false;
    }
    if (mine === asked) shown.removeAttribute("aria-busy");
  };
  form.addEventListener("change", (event) => {
    if (shown.contains(event.target) || event.target.matches("[data-filter]")) return;
    const implied = { day: "when", at: "when", share_day: "embargo", share_at: "embargo" }[event.target.name];
    if (implied === "embargo") form.elements.embargo.checked = true;
    if (implied === "when" && form.elements.when.value === "now") form.elements.when.value = "local";
    // What was worked out is not true any more: nothing can be approved before it is again.
    for (const one of shown.querySelectorAll("button[formmethod]")) one.disabled = true;
    clearTimeout(timer);
    timer = setTimeout(work, 200);
  });
  if (button) button.hidden = true;

  for (const group of form.querySelectorAll("[data-filtered]")) {
    const field = group.querySelector("[data-filter]");
    const lines = [...group.querySelectorAll(".choices label")];
    field.closest("label").hidden = false;
    field.addEventListener("input", () => {
      const sought = field.value.trim().toLocaleLowerCase();
      for (const line of lines) line.hidden = !line.textContent.toLocaleLowerCase().includes(sought);
    });
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      const left = lines.filter((line) => !line.hidden);
      if (left.length === 1) left[0].querySelector("input").click();
    });
  }
})();
