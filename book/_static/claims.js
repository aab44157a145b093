/* Filters the register of claims: shows the form, and those rows alone that fit it. */
document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("form.register-filter");
  const table = document.querySelector("table.register");
  if (!form || !table) return;
  const rows = [...table.tBodies[0].rows];
  const judged = ["reproduced", "depends-on-the-reading", "not-reproduced"];
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));

  function fits(row, wanted) {
    const { source, figure, verdict } = row.dataset;
    const named = [[wanted.source, source], [wanted.figure, figure]];
    if (named.some(([asked, own]) => asked && asked !== own)) return false;
    if (wanted.verdict === "others" && judged.includes(verdict)) return false;
    if (wanted.verdict && wanted.verdict !== "others" && wanted.verdict !== verdict) return false;
    return wanted.text.toLowerCase().split(/\s+/).every((word) => texts.get(row).includes(word));
  }

  function show() {
    const wanted = Object.fromEntries(new FormData(form));
    for (const row of rows) row.hidden = !fits(row, wanted);
    const shown = rows.filter((row) => !row.hidden).length;
    form.querySelector("output").value = `${shown} of ${rows.length} claims`;
  }

  const others = new Option("not judged", "others");
  form.elements.verdict.append(others);
  for (const [name, value] of new URLSearchParams(location.search)) {
    if (form.elements[name]) form.elements[name].value = value;
  }
  form.hidden = false;
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(show));
  show();
});
