'use strict';
// Cumulative distributions: how large a share is at most so much.
(function (page) {
  const { el, svg } = page;

  // Height of a share: linear, or by nines, where 99 % is as far from 90 % as 99.9 % is from 99 %.
  const height = (share, tail) => (tail ? -Math.log10(Math.max(1 - share, 1e-7)) : share);

  function steps(curve, x, y, left, right) {
    let path = `M${left},${y.at(0)}`;
    for (const [value, share] of curve.points) {
      const at = x.at(Math.max(value, x.low)).toFixed(1);
      path += `H${at}V${y.at(share).toFixed(1)}`;
    }
    // A curve that never reaches the whole goes on to where watching ended.
    const last = curve.censored[curve.censored.length - 1];
    if (last) path += `H${page.clamp(x.at(last[0]), left, right).toFixed(1)}`;
    return path;
  }

  function draw(part, state, width) {
    const heightPx = width < 500 ? 240 : 300;
    const margin = { left: 52, right: 16, top: 12, bottom: 40 };
    const values = part.curves.flatMap((curve) => [...curve.points, ...curve.censored].map((point) => point[0]));
    values.push(...part.limits.map((limit) => limit.value).filter((value) => value <= Math.max(...values, 0) * 3));
    const positive = values.filter((value) => value > 0);
    const high = Math.max(...positive, 1e-9);
    const low = state.log ? Math.min(...positive, high) : 0;
    const x = page.scale({ low: state.log ? low / 1.1 : 0, high: high * (state.log ? 1.1 : 1.04), from: margin.left, to: width - margin.right, log: state.log, unit: part.unit, ticks: width / 110 });
    const top = state.tail ? Math.max(1, ...part.curves.flatMap((curve) => curve.points.map((point) => (point[1] < 1 ? height(point[1], true) : 0)))) : 1;
    const inner = page.scale({ low: 0, high: top, from: heightPx - margin.bottom, to: margin.top });
    const shares = state.tail ? [0, 0.9, 0.99, 0.999, 0.9999, 0.99999, 0.999999].filter((share) => height(share, true) <= top) : [0, 0.25, 0.5, 0.75, 1];
    const y = { at: (share) => inner.at(Math.min(height(share, state.tail), top)), ticks: shares };
    const frame = page.frame({
      width, height: heightPx, margin, label: `${part.title}: share over ${part.label}`,
      x: { scale: x, format: (tick) => page.tick(tick, part.unit), label: part.label },
      y: { scale: y, format: (share) => page.format.percent(share) },
    });
    part.limits.forEach((limit, index) => {
      const at = x.at(limit.value);
      if (!(at >= frame.left && at <= frame.right)) return;
      const right = at > (frame.left + frame.right) / 2;
      frame.body.append(page.line(at, frame.top, at, frame.bottom, { class: 'limit' }),
        page.text(at + (right ? -5 : 5), frame.bottom - 10 - 14 * index, limit.label, { anchor: right ? 'end' : 'start', class: 'limit halo' }));
    });
    part.curves.forEach((curve, index) => {
      if (state.hidden[index]) return;
      frame.body.append(svg('path', { d: steps(curve, x, y, frame.left, frame.right), class: 'curve', style: { stroke: page.paint(curve.color) } }));
      for (const [value, share] of curve.censored) {
        const [at, level] = [page.clamp(x.at(value), frame.left, frame.right), y.at(share)];
        frame.body.append(svg('path', { d: `M${at},${level - 6}V${level + 6}`, class: 'censored', style: { stroke: page.paint(curve.color) } }));
      }
    });
    return frame.root;
  }

  function entry(part, curve, index, state, again) {
    const never = curve.censored.length ? `, ${page.format.count(curve.censored.length)} never` : '';
    const button = el('button', { type: 'button', class: 'series', 'aria-pressed': 'true', on: { click: () => {
      state.hidden[index] = !state.hidden[index];
      button.setAttribute('aria-pressed', String(!state.hidden[index]));
      again();
    } } }, el('i', { class: 'stroke', style: { 'border-color': page.paint(curve.color) } }), el('span', { text: `${curve.label}: ${page.format.count(curve.count)}${never} · ${curve.text}` }));
    return button;
  }

  page.sections.ecdf = function (part, box) {
    const state = { log: part.log, tail: false, hidden: {} };
    const chart = el('div', { class: 'chart svg' });
    const again = page.responsive(chart, (width) => draw(part, state, width));
    box.append(el('div', { class: 'panel-head' },
      page.toggle(`${part.label}: log`, state.log, (log) => { state.log = log; again(); }),
      page.toggle('show the tail (90 %, 99 %, 99.9 % …)', false, (tail) => { state.tail = tail; again(); })),
    chart, el('div', { class: 'legend column', role: 'group', 'aria-label': 'curves' }, part.curves.map((curve, index) => entry(part, curve, index, state, again))));
  };
})(cusinart);
