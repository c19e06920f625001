'use strict';
// Paired differences with their intervals: a zero line, a band that counts as no difference, a scale for each metric.
(function (page) {
  const { el, svg } = page;
  const ROW = 26;
  const COLORS = { better: 'green', worse: 'vermilion', same: 'blue', undecided: 'grey' };
  const WORDS = { better: 'better', worse: 'worse', same: 'no difference', undecided: 'undecided' };

  // A share of the baseline, points of a share, or a number in the unit of the metric. Shares are round numbers, but for
  // the noise of their last digits; steps may be small.
  function number(value, unit) {
    const size = unit === null || unit === 'fraction' ? `${Number((Math.abs(value) * 100).toPrecision(6))} ${unit === null ? '%' : 'pt'}` : page.tick(Math.abs(value), unit);
    return (value > 0 ? '+' : value < 0 ? '−' : '') + size;
  }

  function bounds(group) {
    const numbers = group.rows.flatMap((row) => [row.value, row.low, row.high]).filter((value) => value !== null);
    if (group.band) numbers.push(group.band * 1.3, -group.band * 1.3);
    const most = Math.max(...numbers.map(Math.abs), 1e-4) * 1.1;
    return [-most, most];
  }

  function shape(verdict, x, y) {
    // The shape says the verdict too.
    if (verdict === 'better' || verdict === 'worse') return `M${x - 6},${y}L${x},${y - 6}L${x + 6},${y}L${x},${y + 6}Z`;
    if (verdict === 'same') return `M${x - 5},${y - 5}H${x + 5}V${y + 5}H${x - 5}Z`;
    return `M${x - 5},${y}A5,5 0 1 0 ${x + 5},${y}A5,5 0 1 0 ${x - 5},${y}Z`;
  }

  function draw(group, width) {
    const narrow = width < 560;
    const left = narrow ? 8 : Math.min(260, width * 0.3);
    const right = width - (narrow ? 8 : 120);
    const row = narrow ? ROW + 18 : ROW;
    const bottom = group.rows.length * row + 4;
    const [low, high] = bounds(group);
    const x = page.scale({ low, high, from: left, to: right, unit: group.unit, ticks: (right - left) / 90 });
    const root = svg('svg', { width, height: bottom + 22, viewBox: `0 0 ${width} ${bottom + 22}`, role: 'img', 'aria-label': `differences of ${group.metric}` });
    if (group.band) root.append(svg('rect', { x: x.at(-group.band), y: 0, width: x.at(group.band) - x.at(-group.band), height: bottom, class: 'band' }));
    const grid = svg('g', { class: 'grid' });
    for (const tick of x.ticks) {
      grid.append(page.line(x.at(tick), 0, x.at(tick), bottom), page.text(page.clamp(x.at(tick), left + 14, right - 14), bottom + 12, number(tick, group.unit), { anchor: 'middle' }));
    }
    root.append(grid, page.line(x.at(0), 0, x.at(0), bottom, { class: 'zero' }));
    group.rows.forEach((item, index) => {
      const y = index * row + row - ROW / 2;
      const color = page.paint(COLORS[item.verdict]);
      const one = svg('g', { tabindex: 0, 'aria-label': `${item.label}: ${WORDS[item.verdict]}, ${item.text}` });
      one.append(narrow ? page.text(left, y - 20, `${item.label} – ${WORDS[item.verdict]}`) : page.text(left - 10, y, page.cut(item.label, Math.floor((left - 10) / 6.8)), { anchor: 'end' }));
      if (!narrow) one.append(page.text(right + 10, y, WORDS[item.verdict], { class: 'strong' }));
      if (item.value !== null) {
        const end = (value, edge) => (value === null ? edge : x.at(value));
        const [from, to] = [end(item.low, left), end(item.high, right)];
        one.append(svg('path', { d: `M${from},${y}H${to}` + (item.low === null ? '' : `M${from},${y - 5}v10`) + (item.high === null ? '' : `M${to},${y - 5}v10`), class: 'whisker', style: { stroke: color } }),
          svg('path', { d: shape(item.verdict, x.at(item.value), y), style: { fill: color } }));
      }
      one.append(svg('rect', { x: 0, y: y - row + ROW / 2, width, height: row, class: 'hit' }));
      root.append(page.tip.on(one, () => [`${item.label}: ${WORDS[item.verdict]}`, item.text]));
    });
    return root;
  }

  page.sections.forest = function (part, box) {
    box.append(el('p', { class: 'hint', text: `Differences to ${part.baseline}, in percent of it or as said. A whisker is an interval; one that reaches the edge has no end.` }));
    const ways = { less: 'less is better', more: 'more is better', neither: '' };
    const units = (unit) => (unit === null ? '' : unit === 'fraction' ? ', in percentage points' : ', absolute');
    for (const group of part.groups) {
      const chart = el('div', { class: 'chart svg' });
      box.append(el('h3', {}, `${group.metric} `, el('small', { text: ways[group.better] + units(group.unit) })), chart);
      page.responsive(chart, (width) => draw(group, width));
    }
    const keys = Object.keys(COLORS).map((verdict) => page.key(COLORS[verdict], WORDS[verdict]));
    const band = part.groups.some((group) => group.band) ? el('span', { text: 'The shaded band counts as no difference.' }) : null;
    box.append(el('p', { class: 'keys' }, keys, band));
  };
})(cusinart);
