
"use strict";
(() => {
  const root = document.documentElement;
  const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));
  const make = (name, text, type) => {
    const element = document.createElement(name);
    if (text) element.textContent = text;
    if (type) element.className = type;
    return element;
  };

  // Light or dark: as the system has it, unless somebody chooses.
  const system = matchMedia("(prefers-color-scheme: dark)");
  const shown = () => root.dataset.theme || (system.matches ? "dark" : "light");
  const toggle = make("button");
  toggle.type = "button";
  const label = () => {
    toggle.textContent = shown() === "dark" ? "Light colours" : "Dark colours";
  };
  if (location.hash === "#dark" || location.hash === "#light") root.dataset.theme = location.hash.slice(1);
  toggle.addEventListener("click", () => {
    root.dataset.theme = shown() === "dark" ? "light" : "dark";
    label();
  });
  system.addEventListener("change", label);
  label();
  all(".theme").forEach((place) => place.append(toggle));

  // Plots: the pointer, or the arrow keys, read a row of the table.
  const plot = (figure, number) => {
    const area = figure.querySelector(".area");
    const charts = all(".area > svg", figure);
    const rows = all("tbody tr", figure);
    const names = all("thead th", figure).map((cell) => cell.textContent);
    const read = figure.querySelector(".read");
    if (!rows.length || !charts.length) return;
    const points = figure.dataset.kind === "point";
    // Rows of the table are rows of the chart.
    const down = figure.dataset.kind === "row";
    let at = -1;
    const show = (row) => {
      at = Math.max(0, Math.min(rows.length - 1, row));
      const x = ((at + (points ? 0 : 0.5)) / rows.length) * 100 + "%";
      charts.forEach((chart) => {
        const cursor = chart.querySelector(".cursor");
        const [near, far] = down ? ["y1", "y2"] : ["x1", "x2"];
        cursor.setAttribute(near, x);
        cursor.setAttribute(far, x);
        if (down) cursor.setAttribute("x2", "100%");
        cursor.style.visibility = "visible";
      });
      const words = Array.from(rows[at].children, (cell, n) => [names[n], cell.textContent]);
      read.replaceChildren();
      words.forEach(([name, value], n) => {
        read.append((n ? " · " : "") + name + " ", make("b", value));
      });
      area.setAttribute("aria-valuenow", at);
      area.setAttribute("aria-valuetext", words.map((pair) => pair.join(" ")).join(", "));
    };
    const hide = () => {
      charts.forEach((chart) => (chart.querySelector(".cursor").style.visibility = "hidden"));
      at = -1;
      read.replaceChildren(hint);
    };
    // Saying it once is enough.
    const hint = make("span", number ? "" : "Point at a plot, or use the arrow keys on it, to read values.", "muted");
    read.hidden = false;
    read.replaceChildren(hint);
    area.tabIndex = 0;
    area.setAttribute("role", "slider");
    area.setAttribute("aria-label", area.dataset.label + ": values");
    area.setAttribute("aria-valuemin", 0);
    area.setAttribute("aria-valuemax", rows.length - 1);
    area.setAttribute("aria-valuenow", 0);
    area.setAttribute("aria-valuetext", "use the arrow keys to read values");
    const point = (event) => {
      const box = charts[0].getBoundingClientRect();
      const along = down ? (event.clientY - box.top) / box.height : (event.clientX - box.left) / box.width;
      const share = along * rows.length;
      show(points ? Math.round(share) : Math.floor(share));
    };
    area.addEventListener("pointermove", point);
    area.addEventListener("pointerdown", point);
    area.addEventListener("pointerleave", hide);
    area.addEventListener("blur", hide);
    area.addEventListener("keydown", (event) => {
      const page = Math.max(1, Math.round(rows.length / 10));
      const steps = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: page, PageDown: -page };
      if (event.key in steps) show(at < 0 ? 0 : at + steps[event.key]);
      else if (event.key === "Home") show(0);
      else if (event.key === "End") show(rows.length - 1);
      else if (event.key === "Escape") hide();
      else return;
      event.preventDefault();
    });
  };
  all("figure.plot").forEach(plot);

  // Tables: in another order.
  const key = (row, column) => {
    const cell = row.children[column];
    if (!cell) return null;
    if (cell.dataset.v !== undefined) return cell.dataset.v === "" ? null : Number(cell.dataset.v);
    return cell.textContent.trim().toLowerCase();
  };
  all("table.sortable").forEach((table) => {
    const body = table.tBodies[0];
    const heads = all("thead th", table);
    heads.forEach((head, column) => {
      if (head.className === "drawing" || body.rows.length < 2) return;
      const button = make("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const first = head.className === "n" ? "descending" : "ascending";
        const second = first === "ascending" ? "descending" : "ascending";
        const order = head.getAttribute("aria-sort") === first ? second : first;
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", order);
        const sign = order === "ascending" ? 1 : -1;
        const rows = Array.from(body.rows, (row) => [key(row, column), row]);
        rows.sort(([a], [b]) => {
          // What has no value stays last.
          if (a === null || b === null) return (a === null) - (b === null);
          return sign * (typeof a === "string" ? a.localeCompare(b) : a - b);
        });
        body.append(...rows.map(([, row]) => row));
      });
    });
  });

  // Titles: only those that have the words.
  all(".search").forEach((place) => {
    const sections = all("[data-search]");
    if (sections.length < 4) return;
    const input = place.querySelector("input");
    const status = place.querySelector("[role=status]");
    place.hidden = false;
    input.addEventListener("input", () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let found = 0;
      sections.forEach((part) => {
        const fits = words.every((word) => part.dataset.search.includes(word));
        part.hidden = !fits;
        if (fits && part.tagName === "SECTION") found += 1;
      });
      status.textContent = words.length ? found + (found === 1 ? " title" : " titles") : "";
    });
  });

  // The curves of two titles beside each other: those drawn in their sections.
  all(".two-titles").forEach((figure) => {
    const titles = all("section.title").map((section) => ({
      name: section.querySelector("h2").textContent,
      band: section.querySelector("path.band:not(.other)"),
      curve: section.querySelector("path.curve:not(.other)"),
    })).filter((title) => title.curve && title.band);
    const selects = all("select", figure);
    const status = figure.querySelector("[role=status]");
    if (titles.length < 2) return;
    const heights = (path) => Array.from(path.getAttribute("d").matchAll(/[ML][\d.-]+ ([\d.-]+)/g), (at) => 1 - at[1] / 1000);
    const draw = () => {
      const chosen = selects.map((select) => titles[select.selectedIndex]);
      chosen.forEach((title, side) => {
        const of = side ? ".other" : ":not(.other)";
        figure.querySelector("path.band" + of).setAttribute("d", title.band.getAttribute("d"));
        figure.querySelector("path.curve" + of).setAttribute("d", title.curve.getAttribute("d"));
      });
      const [one, other] = chosen.map((title) => heights(title.curve));
      const percent = (share) => (share * 100).toFixed(0) + " %";
      const at = (values, part) => percent(values[Math.min(values.length - 1, Math.floor(values.length * part))]);
      status.textContent = [0.25, 0.5, 0.75]
        .map((part) => "At " + percent(part) + ": " + at(one, part) + " and " + at(other, part)).join(". ") + ".";
    };
    selects.forEach((select, side) => {
      titles.forEach((title) => {
        const option = make("option");
        option.textContent = title.name;
        select.append(option);
      });
      select.selectedIndex = side;
      select.addEventListener("change", draw);
    });
    figure.hidden = false;
    draw();
  });

  // Tables as files. What a spreadsheet would take for a formula begins with an apostrophe.
  const cellText = (cell) => {
    if (cell.dataset.v !== undefined) return cell.dataset.v;
    const text = cell.dataset.csv || cell.textContent.trim();
    const number = cell.tagName === "TD" && /^([+−±]?)([\d,.]+)( %| pp)?$/.exec(text);
    if (number && cell.closest(".dense")) {
      const value = Number(number[2].replaceAll(",", "")) / (number[3] ? 100 : 1);
      return String(Number((number[1] === "−" ? -value : value).toFixed(6)));
    }
    const safe = /^[=+\-@'\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(text) ? "'" + text : text;
    return /[",\r\n]/.test(safe) ? '"' + safe.replaceAll('"', '""') + '"' : safe;
  };
  all("table").forEach((table) => {
    const button = make("button", "CSV");
    button.type = "button";
    button.title = "Save this table as CSV";
    button.setAttribute("aria-label", "Save as CSV: " + table.caption.textContent);
    const tools = make("div", "", "tools");
    tools.append(button);
    table.parentElement.before(tools);
    button.addEventListener("click", () => {
      const lines = Array.from(table.rows, (row) => Array.from(row.cells, cellText).join(","));
      const file = new Blob([lines.join("\r\n") + "\r\n"], { type: "text/csv" });
      const link = make("a");
      link.href = URL.createObjectURL(file);
      link.download = (table.dataset.file || "table") + ".csv";
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    });
  });
})();
