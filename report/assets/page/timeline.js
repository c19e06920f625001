'use strict';
// Several charts over one time axis.
(function (page) {
  const { el } = page;

  page.sections.timeline = function (part, box) {
    const range = page.range(part.end);
    box.append(page.rangeBar(range),
      el('p', { class: 'hint', text: 'Drag to zoom, double-click for the whole run; Ctrl and the wheel zoom too, and so do + − ← → 0 on a chart that has the focus. Click the name of a series to hide it.' + (part.marks.length ? ' Point at marks for what was decided and why.' : '') }));
    const charts = el('div', { class: 'charts' });
    box.append(charts);
    page.markStrip(charts, range, part);
    const panels = part.panels.map((panel, index) => page.panel(charts, part, panel, range, index === part.panels.length - 1));
    const keys = [];
    if (part.bands.some((band) => !band.quiet)) keys.push(page.key('vermilion', 'a fault is active'));
    keys.push(el('span', { text: `one step is ${page.format.span(part.step)}` }));
    box.append(el('p', { class: 'keys' }, keys));
    page.timelines.push({ range, panels });
  };

  // What a test of the page looks at.
  page.timelines = [];
})(cusinart);
