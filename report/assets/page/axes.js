'use strict';
// Frames of SVG charts: scales, ticks and grids. SVG takes its colours from the style sheet, so a theme needs no redraw.
(function (page) {
  const { svg } = page;

  function niceStep(span, count) {
    const raw = span / Math.max(count, 1);
    const power = 10 ** Math.floor(Math.log10(raw));
    return [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((step) => step >= raw) || raw;
  }

  // Steps of time are those of clocks.
  const timeStep = (span, count) => page.increments.find((step) => step >= span / Math.max(count, 1)) || niceStep(span, count);

  page.scale = function ({ low, high, from, to, log, unit, ticks = 5 }) {
    if (!(high > low)) high = low + (Math.abs(low) || 1);
    if (log) {
      const [a, b] = [Math.log(low), Math.log(high)];
      const at = (value) => from + ((Math.log(value) - a) / (b - a)) * (to - from);
      const marks = [];
      const most = Math.abs(to - from) / 45;
      const factors = (b - a) / Math.LN10 * 3 > most ? [1] : [1, 2, 5];
      for (let power = Math.floor(a / Math.LN10); 10 ** power <= high; power += 1) {
        for (const factor of factors) marks.push(factor * 10 ** power);
      }
      return { at, ticks: marks.filter((value) => value >= low && value <= high), low, high };
    }
    const at = (value) => from + ((value - low) / (high - low)) * (to - from);
    const step = unit === 'seconds' && high - low > 5 ? timeStep(high - low, ticks) : niceStep(high - low, ticks);
    const marks = [];
    for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k += 1) marks.push(k * step);
    return { at, ticks: marks, low, high };
  };

  // Low and high of some numbers with room around them.
  page.extent = function (numbers, share = 0.06) {
    const known = numbers.filter((value) => value !== null && Number.isFinite(value));
    if (!known.length) return [0, 1];
    const [low, high] = [Math.min(...known), Math.max(...known)];
    const room = (high - low) * share || Math.abs(high) * share || 1;
    return [low - room, high + room];
  };

  // A text of at most so many letters, its end left out.
  page.cut = (text, most) => (text.length > most ? `${text.slice(0, Math.max(most - 1, 1))}…` : text);

  page.text = (x, y, text, options = {}) => svg('text', { x, y, class: options.class, 'text-anchor': options.anchor, 'dominant-baseline': options.baseline || 'middle', transform: options.transform, text });
  page.line = (x1, y1, x2, y2, options = {}) => svg('line', { x1, y1, x2, y2, class: options.class, style: options.color && { stroke: page.paint(options.color) } });

  // A chart with two axes. `format` writes a tick. Returns the node and the group to draw into.
  page.frame = function ({ width, height, margin, x, y, label }) {
    const [left, right, top, bottom] = [margin.left, width - margin.right, margin.top, height - margin.bottom];
    const grid = svg('g', { class: 'grid' });
    for (const tick of x.scale.ticks) {
      grid.append(page.line(x.scale.at(tick), top, x.scale.at(tick), bottom), page.text(x.scale.at(tick), bottom + 14, x.format(tick), { anchor: 'middle' }));
    }
    for (const tick of y.scale.ticks) {
      grid.append(page.line(left, y.scale.at(tick), right, y.scale.at(tick)), page.text(left - 6, y.scale.at(tick), y.format(tick), { anchor: 'end' }));
    }
    if (x.label) grid.append(page.text((left + right) / 2, height - 6, x.label, { anchor: 'middle', class: 'axis' }));
    if (y.label) grid.append(page.text(4, top - 10, y.label, { class: 'axis' }));
    const body = svg('g', {});
    const root = svg('svg', { width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label }, grid, body);
    return { root, body, left, right, top, bottom };
  };
})(cusinart);
