'use strict';
// Effects as bars from zero with their intervals, a scale for each group.
(function (page) {
  const { el, svg } = page;
  const ROW = 24;
  const COLORS = { good: 'green', bad: 'vermilion', warn: 'orange', plain: 'blue' };

  function draw(group, width) {
    const narrow = width < 560;
    const left = narrow ? 8 : Math.min(260, width * 0.3);
    const right = width - 16;
    const row = narrow ? ROW + 16 : ROW;
    const bottom = group.bars.length * row + 2;
    const numbers = group.bars.flatMap((bar) => [0, bar.value, ...(bar.interval || [])]);
    const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
    const room = (high - low) * 0.05 || 1;
    const x = page.scale({ low: low < 0 ? low - room : 0, high: high > 0 ? high + room : 0, from: left, to: right, unit: group.unit, ticks: (right - left) / 90 });
    const root = svg('svg', { width, height: bottom + 22, viewBox: `0 0 ${width} ${bottom + 22}`, role: 'img', 'aria-label': group.label });
    const grid = svg('g', { class: 'grid' });
    for (const tick of x.ticks) grid.append(page.line(x.at(tick), 0, x.at(tick), bottom), page.text(page.clamp(x.at(tick), left + 14, right - 14), bottom + 12, page.tick(tick, group.unit), { anchor: 'middle' }));
    root.append(grid, page.line(x.at(0), 0, x.at(0), bottom, { class: 'zero' }));
    group.bars.forEach((bar, index) => {
      const y = index * row + row - ROW / 2;
      const [from, to] = [Math.min(x.at(0), x.at(bar.value)), Math.max(x.at(0), x.at(bar.value))];
      const one = svg('g', { tabindex: 0, 'aria-label': `${bar.label}: ${bar.text}` },
        narrow ? page.text(left, y - 19, bar.label, { class: 'halo' }) : page.text(left - 10, y, page.cut(bar.label, Math.floor((left - 10) / 6.8)), { anchor: 'end' }),
        svg('rect', { x: from, y: y - 7, width: Math.max(to - from, 1), height: 14, style: { fill: page.paint(COLORS[bar.tone]) } }));
      if (bar.interval) {
        const [a, b] = bar.interval.map((value) => x.at(value));
        one.append(svg('path', { d: `M${a},${y}H${b}M${a},${y - 5}v10M${b},${y - 5}v10`, class: 'whisker ink' }));
      }
      one.append(svg('rect', { x: 0, y: y - row + ROW / 2, width, height: row, class: 'hit' }));
      root.append(page.tip.on(one, () => [bar.label, bar.text]));
    });
    return root;
  }

  page.sections.bars = function (part, box) {
    for (const group of part.groups) {
      const chart = el('div', { class: 'chart svg' });
      box.append(el('h3', { text: group.label }), chart);
      page.responsive(chart, (width) => draw(group, width));
    }
  };
})(cusinart);
