'use strict';
// What became of each fault, on a small time axis of its own.
(function (page) {
  const { el, svg } = page;
  const ROW = 22;
  const OPEN_MAX = 6;

  function draw(story, width) {
    const left = 84;
    const right = width - 12;
    const height = story.steps.length * ROW + 22;
    const x = page.scale({ low: 0, high: story.to - story.from, from: left, to: right, unit: 'seconds', ticks: width / 110 });
    const root = svg('svg', { width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': `${story.label}: ${story.text}` });
    const bottom = story.steps.length * ROW;
    const grid = svg('g', { class: 'grid' });
    for (const tick of x.ticks) {
      grid.append(page.line(x.at(tick), 0, x.at(tick), bottom), page.text(page.clamp(x.at(tick), left + 8, right - 14), bottom + 12, `+${page.format.span(tick)}`, { anchor: 'middle' }));
    }
    root.append(grid);
    story.steps.forEach((step, index) => {
      const y = index * ROW + ROW / 2;
      const at = (moment) => page.clamp(x.at(moment - story.from), left, right);
      const fill = { fill: page.paint(step.color), stroke: page.paint(step.color) };
      root.append(page.text(left - 8, y, step.label, { anchor: 'end', class: 'strong' }));
      if (step.bar) {
        const [from, to] = [at(step.bar[0]), Math.max(at(step.bar[1]), at(step.bar[0]) + 2)];
        const whole = !step.at.length;
        root.append(svg('rect', { x: from, y: y - (whole ? 7 : 1.5), width: to - from, height: whole ? 14 : 3, class: whole ? 'block' : 'thin', style: fill }));
      }
      for (const moment of step.at) root.append(svg('circle', { cx: at(moment), cy: y, r: 4.5, class: 'dot', style: fill }));
      const end = step.bar ? at(step.bar[1]) : left;
      const size = step.text.length * 6.4 + 14;
      const behind = end + size < right;
      const start = step.bar ? at(step.bar[0]) : left;
      // Beside the bar if there is room, else before it, else upon it.
      const place = behind ? [end + 10, 'start'] : start - size > left ? [start - 10, 'end'] : [right - 6, 'end'];
      root.append(page.text(place[0], y, step.text, { anchor: place[1], class: 'halo' }));
    });
    return root;
  }

  function nodes(part, story) {
    const columns = part.columns.map((label, index) => ({ label, numeric: index > 0 && index < 3 }));
    const head = el('tr', {}, columns.map((column) => el('th', { scope: 'col', class: column.numeric ? 'number' : null, text: column.label })));
    const rows = story.nodes.map((row) => el('tr', {}, page.cells(columns, row)));
    return el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `nodes of ${story.label}` },
      el('table', {}, el('caption', { class: 'hidden', text: `nodes of ${story.label}` }), el('thead', {}, head), el('tbody', {}, rows)));
  }

  function showInTimeline(story) {
    const line = page.timelines[0];
    if (!line) return null;
    return el('button', { type: 'button', text: 'show in the timeline', on: { click: () => {
      const room = Math.max((story.to - story.from) * 0.4, 5);
      line.range.set(story.from - room, story.to + room);
      document.querySelector('section.timeline').scrollIntoView();
    } } });
  }

  page.sections.stories = function (part, box) {
    part.stories.forEach((story, index) => {
      const chart = el('div', { class: 'chart svg' });
      const word = { good: '✓', bad: '✗', warn: '!', plain: '·' }[story.tone];
      box.append(el('article', { class: `story ${story.tone}` },
        el('h3', {}, el('span', { class: `mark ${story.tone}`, 'aria-hidden': 'true', text: word }), `${story.label} `, el('small', { text: story.when })),
        el('p', { text: story.text }), chart,
        el('details', { open: part.stories.length <= OPEN_MAX && index === 0 && story.nodes.length <= 6 ? true : null },
          el('summary', { text: story.nodes.length ? `its ${story.nodes.length === 1 ? 'node' : `${story.nodes.length} nodes`}, one by one` : 'it touched no node' }),
          story.nodes.length ? nodes(part, story) : null, story.note ? el('p', { class: 'note', text: story.note }) : null),
        showInTimeline(story)));
      page.responsive(chart, (width) => draw(story, width));
    });
  };
})(cusinart);
