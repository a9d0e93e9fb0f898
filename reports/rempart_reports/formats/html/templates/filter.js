"use strict";
for (const box of document.querySelectorAll(".filter")) {
  const [words, open] = box.querySelectorAll("input");
  const rows = [...document.getElementById(box.dataset.rows).rows];
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const said = box.querySelector("output");
  const show = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    rows.forEach((row, place) => {
      const fits = (!open.checked || row.classList.contains("open")) && wanted.every((word) => texts[place].includes(word));
      row.hidden = !fits;
      count += fits;
    });
    said.textContent = count + " / " + rows.length;
  };
  box.hidden = false;
  box.addEventListener("input", show);
  show();
}
