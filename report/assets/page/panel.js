'use strict';
// One chart of a timeline: uPlot, its legend and its choices.
(function (page) {
  const { el } = page;

  // Faults behind the series; those that overlap are shaded once.
  function merged(bands) {
    const out = [];
    for (const band of bands.filter((one) => !one.quiet).sort((a, b) => a.from - b.from)) {
      const last = out[out.length - 1];
      if (last && band.from <= last.to) last.to = Math.max(last.to, band.to);
      else out.push({ from: band.from, to: band.to });
    }
    return out;
  }

  function shade(u, bands) {
    const { left, top, width, height } = u.bbox;
    u.ctx.save();
    u.ctx.fillStyle = page.color('vermilion');
    for (const band of bands) {
      const from = Math.max(u.valToPos(band.from, 'x', true), left);
      const to = Math.min(Math.max(u.valToPos(band.to, 'x', true), from + 1), left + width);
      if (to <= left || from >= left + width) continue;
      u.ctx.globalAlpha = 0.09;
      u.ctx.fillRect(from, top, to - from, height);
      u.ctx.globalAlpha = 0.5;
      if (band.from >= u.scales.x.min) u.ctx.fillRect(from, top, devicePixelRatio, height);
    }
    u.ctx.restore();
  }

  function drawLimits(u, limits) {
    const { left, top, width, height } = u.bbox;
    const scale = devicePixelRatio;
    u.ctx.save();
    u.ctx.strokeStyle = u.ctx.fillStyle = page.color('bad');
    u.ctx.setLineDash([6 * scale, 4 * scale]);
    u.ctx.font = `${11 * scale}px system-ui, sans-serif`;
    u.ctx.textBaseline = 'bottom';
    u.ctx.lineWidth = scale;
    limits.forEach((limit, index) => {
      const y = u.valToPos(limit.value, 'y', true);
      if (!(y > top && y < top + height)) return;
      u.ctx.beginPath();
      u.ctx.moveTo(left, y);
      u.ctx.lineTo(left + width, y);
      u.ctx.stroke();
      // Limits may be close to each other: every other one is named on the left.
      u.ctx.textAlign = index % 2 ? 'left' : 'right';
      page.halo(u.ctx, limit.label, index % 2 ? left + 4 * scale : left + width - 4 * scale, y - 2 * scale);
    });
    u.ctx.restore();
  }

  function axes(panel, last) {
    const stroke = () => page.color('muted');
    const grid = { stroke: () => page.color('line'), width: 1 };
    const { left } = page.gutter();
    return [
      { stroke, grid, ticks: { show: last, stroke: grid.stroke, size: 4 }, size: last ? 26 : 8, space: 80, font: '11px system-ui, sans-serif',
        incrs: page.increments,
        values: (u, splits, index, space, step) => splits.map((at) => (last ? page.format.clock(at, step) : '')) },
      { stroke, grid, ticks: { show: false }, size: left, gap: 6, space: 28, font: '11px system-ui, sans-serif',
        values: (u, splits) => splits.map((value) => (value === null ? '' : page.tick(value, panel.unit))) },
    ];
  }

  // The range of the values: from zero, or whole decades.
  function scaleY(panel, log) {
    if (log) return { distr: 3, range: (u, low, high) => (high > 0 ? uPlot.rangeLog(low, high, 10, true) : [0.001, 1]) };
    if (panel.unit === 'fraction') return { range: (u, low, high) => [0, Math.max(1, high || 1)] };
    return { range: (u, low, high) => [0, high > 0 ? high * 1.08 : 1] };
  }

  function options(panel, state, context) {
    const { range, bands, last } = context;
    const series = panel.variants[state.variant].series.map((one, index) => ({
      label: one.label, show: !state.hidden[index], stroke: () => page.color(one.color), width: one.width,
      dash: one.dashed ? [5, 4] : undefined, paths: uPlot.paths.stepped({ align: 1 }), points: { show: false },
    }));
    return {
      width: context.width, height: context.height, legend: { show: false }, padding: [6, page.gutter().right, 0, 0],
      cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false, dist: 5 },
        bind: { dblclick: () => () => { range.reset(); return null; } } },
      scales: { x: { time: false, range: () => [range.from, range.to] }, y: scaleY(panel, state.log) },
      axes: axes(panel, last),
      series: [{}, ...series],
      hooks: {
        drawClear: [(u) => shade(u, bands)],
        draw: [(u) => drawLimits(u, panel.limits)],
        setSelect: [(u) => {
          if (u.select.width < 5) return;
          const [from, to] = [u.select.left, u.select.left + u.select.width].map((x) => u.posToVal(x, 'x'));
          u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          range.set(from, to);
        }],
        setCursor: [(u) => range.point(u.cursor.left >= 0 ? u.posToVal(u.cursor.left, 'x') : null, u)],
      },
    };
  }

  function data(part, panel, state) {
    // A logarithm has no zero.
    const values = (one) => (state.log ? one.values.map((value) => (value > 0 ? value : null)) : one.values);
    return [part.time, ...panel.variants[state.variant].series.map(values)];
  }

  function legend(part, panel, state, range, show) {
    const entries = panel.variants[state.variant].series.map((one, index) => {
      const value = el('span', { class: 'value' });
      const button = el('button', { type: 'button', class: 'series', 'aria-pressed': String(!state.hidden[index]),
        title: `show or hide ${one.label}`, on: { click: () => {
          state.hidden[index] = !state.hidden[index];
          button.setAttribute('aria-pressed', String(!state.hidden[index]));
          show(index, !state.hidden[index]);
        } } }, el('i', { class: one.dashed ? 'dash' : 'stroke', style: { 'border-color': page.paint(one.color) } }), one.label, value);
      return { button, say(row) { value.textContent = row === null ? '' : page.value(one.values[row], panel.unit); } };
    });
    state.say = (row) => entries.forEach((entry) => entry.say(row));
    return el('div', { class: 'legend', role: 'group', 'aria-label': `series of ${panel.title}` }, entries.map((entry) => entry.button));
  }

  // The last step that begins at or before a moment.
  function stepAt(time, at) {
    let [low, high] = [0, time.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (time[middle] <= at) low = middle; else high = middle - 1;
    }
    return time.length ? low : null;
  }

  page.panel = function (box, part, panel, range, last) {
    const state = { variant: 0, log: panel.log === true, hidden: {}, say: () => {} };
    const context = { range, bands: merged(part.bands), last };
    const header = el('div', { class: 'panel-head' });
    const chart = el('div', { class: 'chart', tabindex: 0, role: 'group', 'aria-label': `chart of ${panel.title}; keys + − ← → 0` });
    box.append(el('div', { class: 'panel', 'data-panel': panel.title }, header, chart));
    let plot = null;

    function build() {
      if (plot) plot.destroy();
      context.width = chart.clientWidth;
      context.height = (innerWidth < 600 ? 130 : 150) + (last ? 20 : 0);
      if (context.width < 50) return;
      plot = new uPlot(options(panel, state, context), data(part, panel, state), chart);
      plot.root.querySelector('canvas').setAttribute('role', 'img');
      plot.root.querySelector('canvas').setAttribute('aria-label', `${panel.title} over time`);
    }

    function head() {
      header.replaceChildren(...[
        el('h3', { text: panel.title }),
        panel.variants.length > 1 && choice(),
        panel.log !== null && page.toggle('log', state.log, (log) => { state.log = log; build(); }),
        legend(part, panel, state, range, (index, visible) => plot.setSeries(index + 1, { show: visible })),
      ].filter(Boolean));
    }

    function choice() {
      const control = page.select('of', panel.variants.map((variant) => variant.name), (index) => {
        state.variant = index;
        state.hidden = {};
        head();
        build();
      });
      control.querySelector('select').value = state.variant;
      return control;
    }

    head();
    build();
    range.onChange(() => plot && plot.setScale('x', { min: range.from, max: range.to }));
    range.onPoint((at, source) => {
      state.say(at === null ? null : stepAt(part.time, at));
      if (!plot || source === plot) return;
      const inside = at !== null && at >= range.from && at <= range.to;
      plot.setCursor({ left: inside ? plot.valToPos(at, 'x') : -10, top: 0 }, false);
    });
    page.onTheme(() => plot && plot.redraw(false));
    page.navigation(chart, range, (x) => plot.posToVal(x - plot.over.getBoundingClientRect().left, 'x'));
    new ResizeObserver(() => { if (!plot || chart.clientWidth !== context.width) build(); }).observe(chart);
    return { get plot() { return plot; } };
  };
})(cusinart);
