// Draws a chart from the table beside it, which holds the figures and stays for those who read.
(() => {
  const look = getComputedStyle(document.documentElement);
  const colour = (name) => look.getPropertyValue(name).trim();
  const language = document.documentElement.lang;
  const figures = new Intl.NumberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
  const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 2 });

  function read(table) {
    const heads = [...table.tHead.rows[0].cells];
    const rows = [...table.tBodies[0].rows];
    const columns = heads.map((head, index) => [head, index]).filter(([head]) => head.dataset.series);
    return {
      labels: rows.map((row) => row.cells[0].dataset.label),
      series: columns.map(([head, index]) => ({
        name: head.dataset.series,
        values: rows.map((row) => (row.cells[index].dataset.value ? Number(row.cells[index].dataset.value) : null)),
      })),
    };
  }

  const inks = () => [colour("--link"), colour("--band-2")];

  function bars(series) {
    return series.map(({ name, values }, index) => ({ label: name, data: values, backgroundColor: inks()[index] }));
  }

  function datasets(series, filled) {
    return series.map(({ name, values }, index) => ({
      label: name,
      data: values,
      borderColor: inks()[index],
      backgroundColor: filled && index === 0 ? `${inks()[index]}2e` : "transparent",
      pointBackgroundColor: inks()[index],
      pointStyle: index ? "rectRot" : "circle",
      borderDash: index ? [6, 4] : [],
      borderWidth: index ? 2 : 2.5,
      pointRadius: 4,
      tension: 0,
      spanGaps: false,
    }));
  }

  function options(kind, shown, values) {
    const rough = shown === percent ? percent : whole;
    const font = { family: getComputedStyle(document.body).fontFamily, size: 14 };
    const axis = { color: colour("--ink-soft"), font };
    const common = {
      responsive: true,
      maintainAspectRatio: false,
      animation: false,
      plugins: {
        legend: { position: "bottom", labels: { color: colour("--ink"), font, usePointStyle: true } },
        tooltip: {
          callbacks: { label: (item) => `${item.dataset.label}: ${shown.format(item.raw)}` },
          bodyFont: font,
          titleFont: font,
        },
      },
    };
    if (kind === "radar") {
      return {
        ...common,
        scales: {
          r: {
            min: 0,
            max: 1,
            ticks: { stepSize: 0.25, color: colour("--ink-soft"), backdropColor: "transparent", callback: (v) => percent.format(v) },
            grid: { color: colour("--line") },
            angleLines: { color: colour("--line") },
            pointLabels: { color: colour("--ink"), font: { ...font, size: 13 }, callback: broken },
          },
        },
      };
    }
    if (kind === "bar") {
      return {
        ...common,
        scales: {
          x: { ticks: axis, grid: { display: false } },
          y: { beginAtZero: true, ticks: { ...axis, precision: 0, callback: (v) => whole.format(v) }, grid: { color: colour("--line") } },
        },
      };
    }
    return {
      ...common,
      interaction: { mode: "index", intersect: false },
      scales: {
        x: { ticks: axis, grid: { display: false } },
        y: { ...room(values, shown), ticks: { ...axis, callback: (v) => rough.format(v) }, grid: { color: colour("--line") } },
      },
    };
  }

  // From the ten below the lowest value to the ten above the highest, within what is possible.
  function room(values, shown) {
    const [step, top] = shown === percent ? [0.1, 1] : [10, 100];
    return {
      min: Math.max(0, Math.floor(Math.min(...values) / step - 0.2) * step),
      max: Math.max(top * 0.1, Math.min(top, Math.ceil(Math.max(...values) / step + 0.2) * step)),
    };
  }

  // Long names of blocks stand in two lines around a radar.
  function broken(label) {
    const words = label.split(" ");
    const half = Math.ceil(words.length / 2);
    return words.length > 2 ? [words.slice(0, half).join(" "), words.slice(half).join(" ")] : label;
  }

  for (const figure of document.querySelectorAll("[data-chart]")) {
    const table = document.getElementById(figure.dataset.of);
    const { labels, series } = read(table);
    if (!window.Chart || labels.length < 2) continue;
    const kind = figure.dataset.chart;
    const shown = kind === "radar" || "percent" in figure.dataset ? percent : kind === "bar" ? whole : figures;
    figure.hidden = false;
    new window.Chart(figure.querySelector("canvas"), {
      type: kind,
      data: { labels, datasets: kind === "bar" ? bars(series) : datasets(series, kind === "radar") },
      options: options(kind, shown, series.flatMap((one) => one.values).filter((value) => value !== null)),
    });
    table.closest("details.twin")?.removeAttribute("open");
  }
})();
