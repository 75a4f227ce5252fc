(() => {
  // What goes out shows how far it is, every five seconds, while somebody looks.
  const refresh = async (box) => {
    if (!document.hidden) {
      const answer = await fetch(box.dataset.live, { headers: { Accept: "text/html" } }).catch(() => null);
      if (answer && answer.ok) {
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".live");
        if (fresh) { box.replaceWith(fresh); box = fresh; }
      }
    }
    if (box.dataset.live) setTimeout(() => refresh(box), 5000);
  };
  document.querySelectorAll("[data-live]").forEach((box) => setTimeout(() => refresh(box), 5000));

  // The calendar: drag what is planned to another day.
  const calendar = document.querySelector("[data-calendar]");
  const form = document.querySelector("[data-move]");
  if (!calendar || !form) return;
  calendar.querySelectorAll("[data-entry]").forEach((item) => {
    item.draggable = true;
    item.addEventListener("dragstart", (event) => event.dataTransfer.setData("text/plain", item.dataset.entry));
  });
  calendar.querySelectorAll("[data-day]").forEach((cell) => {
    cell.addEventListener("dragover", (event) => { event.preventDefault(); cell.classList.add("over"); });
    cell.addEventListener("dragleave", () => cell.classList.remove("over"));
    cell.addEventListener("drop", (event) => {
      event.preventDefault();
      const entry = event.dataTransfer.getData("text/plain");
      if (!/^\d+$/.test(entry)) return;
      form.action = `/queue/${entry}/move?from=calendar`;
      form.elements.day.value = cell.dataset.day;
      form.submit();
    });
  });
})();
