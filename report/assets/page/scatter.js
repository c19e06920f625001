'use strict';
// Cost against value, with the points that nothing beats on both axes joined.
(function (page) {
  const { el, svg } = page;

  const arrow = { less: '← better', more: 'better →', neither: '' };
  const arrowUp = { less: '↓ better', more: '↑ better', neither: '' };

  function cross(point, x, y, color) {
    const path = [];
    if (point.x_interval) path.push(`M${x.at(point.x_interval[0])},${y.at(point.y)}H${x.at(point.x_interval[1])}`);
    if (point.y_interval) path.push(`M${x.at(point.x)},${y.at(point.y_interval[0])}V${y.at(point.y_interval[1])}`);
    return svg('path', { d: path.join(''), class: 'whisker faint', style: { stroke: color } });
  }

  // Labels that would cover another one or leave the chart are tried on other sides, and else left to the pointer.
  function place(labels, box, edges) {
    const width = box.text.length * 6.3;
    const sides = [[9, -9, 'start'], [-9, -9, 'end'], [9, 13, 'start'], [-9, 13, 'end']];
    for (const [dx, dy, anchor] of sides) {
      const left = anchor === 'start' ? box.x + dx : box.x + dx - width;
      const spot = { left, right: left + width, top: box.y + dy - 7, bottom: box.y + dy + 7 };
      const free = labels.every((other) => spot.right < other.left || spot.left > other.right || spot.bottom < other.top || spot.top > other.bottom);
      if (free && spot.left >= edges.left && spot.right <= edges.right && spot.top >= edges.top) {
        labels.push(spot);
        return page.text(box.x + dx, box.y + dy, box.text, { anchor, class: 'halo' });
      }
    }
    return null;
  }

  // Ends so far from each other that the ticks between them read differently.
  function apart([low, high]) {
    const [middle, half] = [(low + high) / 2, Math.max((high - low) / 2, Math.abs(low + high) / 100)];
    return [middle - half, middle + half];
  }

  function draw(part, width) {
    const height = width < 500 ? 300 : 380;
    const margin = { left: 62, right: 18, top: 28, bottom: 44 };
    const xs = part.points.flatMap((point) => [point.x, ...(point.x_interval || [])]);
    const ys = part.points.flatMap((point) => [point.y, ...(point.y_interval || [])]);
    if (part.limit) ys.push(part.limit.value);
    const [x0, x1] = apart(page.extent(xs));
    const [y0, y1] = apart(page.extent(ys));
    const x = page.scale({ low: x0, high: x1, from: margin.left, to: width - margin.right, unit: part.x.unit, ticks: width / 110 });
    const y = page.scale({ low: y0, high: y1, from: height - margin.bottom, to: margin.top, unit: part.y.unit });
    const frame = page.frame({ width, height, margin, label: `${part.y.label} over ${part.x.label}`,
      x: { scale: x, format: (tick) => page.tick(tick, part.x.unit), label: `${part.x.label}  ${arrow[part.x.better]}` },
      y: { scale: y, format: (tick) => page.tick(tick, part.y.unit), label: `${part.y.label}  ${arrowUp[part.y.better]}` } });
    if (part.limit) {
      const at = y.at(part.limit.value);
      frame.body.append(page.line(frame.left, at, frame.right, at, { class: 'limit' }), page.text(frame.right - 4, at - 8, part.limit.label, { anchor: 'end', class: 'limit' }));
    }
    const front = part.points.filter((point) => point.front).sort((one, other) => one.x - other.x);
    const path = front.map((point, index) => `${index ? 'L' : 'M'}${x.at(point.x)},${y.at(point.y)}`).join('');
    frame.body.append(svg('path', { d: path || 'M0,0', class: 'front' }));
    // The front lies above what it beats.
    const [below, above] = [svg('g', {}), svg('g', {})];
    frame.body.append(below, above);
    const labels = [];
    const crowded = part.points.length > 40;
    // Points of the front come first: they are the ones to be named.
    for (const point of [...front, ...part.points.filter((one) => !one.front)]) {
      const color = page.paint(point.front ? 'blue' : 'grey');
      const one = svg('g', { tabindex: 0, 'aria-label': `${point.label}: ${point.text}` }, cross(point, x, y, color));
      const [px, py] = [x.at(point.x), y.at(point.y)];
      one.append(point.front
        ? svg('path', { d: `M${px - 7},${py}L${px},${py - 7}L${px + 7},${py}L${px},${py + 7}Z`, style: { fill: color } })
        : svg('circle', { cx: px, cy: py, r: crowded ? 3 : 4.5, style: { fill: color } }));
      const name = crowded && !point.front ? null : place(labels, { x: px, y: py, text: point.label }, frame);
      if (name) one.append(name);
      (point.front ? above : below).append(page.tip.on(one, () => [point.label, point.text]));
    }
    return frame.root;
  }

  page.sections.scatter = function (part, box) {
    const chart = el('div', { class: 'chart svg' });
    page.responsive(chart, (width) => draw(part, width));
    box.append(chart, el('p', { class: 'keys' }, page.key('blue', 'on the Pareto front: nothing is better on both axes', 'diamond'), page.key('grey', 'beaten by another point', 'round')));
  };
})(cusinart);
