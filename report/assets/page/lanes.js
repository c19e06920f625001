'use strict';
// States of nodes over time. Only the rows in view are drawn, so that a thousand nodes cost no more than forty.
(function (page) {
  const { el } = page;
  const ROW = 15;
  const HEIGHT_MAX = 460;
  const AXIS = 22;

  // Rows from the top: a group, then its nodes unless it is folded.
  function layout(part, folded, troubledOnly) {
    const rows = [];
    part.groups.forEach((group, index) => {
      const lanes = group.lanes.filter((lane) => !troubledOnly || lane.troubled);
      if (!lanes.length) return;
      rows.push({ group, index, count: lanes.length });
      if (!folded.has(index)) lanes.forEach((lane) => rows.push({ lane }));
    });
    return rows;
  }

  function drawSpans(context, view, spans, part, y, inset) {
    for (const [from, to, state] of spans) {
      if (to < view.range.from || from > view.range.to) continue;
      const left = Math.max(view.x(from), view.left);
      const right = Math.min(Math.max(view.x(to), left + 1), view.right);
      context.fillStyle = page.color(part.states[state].color);
      context.fillRect(left, y + inset, right - left, ROW - 2 * inset);
    }
  }

  // A folded group shows the worst state of any of its nodes, which is drawn last.
  function drawGroup(context, view, row, part, y, folded) {
    context.textAlign = 'left';
    context.fillStyle = page.color('text');
    const name = `${folded ? '▸' : '▾'} ${row.group.label} (${row.count})`;
    if (folded) {
      const spans = row.group.lanes.flatMap((lane) => lane.spans).sort((one, other) => one[2] - other[2]);
      drawSpans(context, view, spans, part, y, 3);
      const width = context.measureText(name).width;
      context.fillStyle = page.color('page');
      context.globalAlpha = 0.85;
      context.fillRect(2, y + 1, width + 6, ROW - 2);
      context.globalAlpha = 1;
      context.fillStyle = page.color('text');
    }
    context.font = '600 11px system-ui, sans-serif';
    context.fillText(page.fitted(context, name, view.width - 10), 4, y + ROW / 2);
    context.font = '11px system-ui, sans-serif';
  }

  function drawLane(context, view, lane, part, y) {
    drawSpans(context, view, lane.spans, part, y, 2);
    context.strokeStyle = page.color('page');
    lane.marks.forEach(([at, kind]) => {
      const x = view.x(at);
      if (x < view.left || x > view.right) return;
      context.fillStyle = page.color(part.marks[kind].color);
      context.beginPath();
      // Failed points down, healthy points up.
      const tip = kind === 0 ? 5 : -5;
      context.moveTo(x, y + ROW / 2 + tip);
      context.lineTo(x + 4, y + ROW / 2 - tip * 0.7);
      context.lineTo(x - 4, y + ROW / 2 - tip * 0.7);
      context.closePath();
      context.fill();
      context.stroke();
    });
    context.fillStyle = page.color('muted');
    context.textAlign = 'right';
    context.fillText(ending(context, lane.name, view.left - 10), view.left - 6, y + ROW / 2);
  }

  // Where a name does not fit, its end tells more than its beginning.
  function ending(context, name, room) {
    if (context.measureText(name).width <= room) return name;
    let from = 1;
    while (from < name.length && context.measureText(`…${name.slice(from)}`).width > room) from += 1;
    return `…${name.slice(from)}`;
  }

  function describe(part, row, at) {
    if (row.group) return [`${row.group.label}: ${row.count} nodes; click to fold or unfold`];
    const span = row.lane.spans.find(([from, to]) => from <= at && at < to);
    const lines = [row.lane.name];
    if (span) lines.push([part.states[span[2]].color, `${part.states[span[2]].label}, ${page.format.clock(span[0])}–${page.format.clock(span[1])}`]);
    else lines.push('does not exist');
    const width = (part.end || 1) / 60;
    for (const [moment, kind] of row.lane.marks.filter(([moment]) => Math.abs(moment - at) < width).slice(0, 6)) {
      lines.push([part.marks[kind].color, `${part.marks[kind].label} at ${page.format.clock(moment)}`]);
    }
    return lines;
  }

  page.sections.lanes = function (part, box) {
    const range = page.range(part.end);
    const total = part.groups.reduce((sum, group) => sum + group.lanes.length, 0);
    const folded = new Set(total > 150 ? part.groups.map((_, index) => index) : []);
    let troubledOnly = false;
    let rows = [];
    const spacer = el('div', { class: 'spacer' });
    const stick = el('div', { class: 'stick' });
    const scroller = el('div', { class: 'lanes-scroll', tabindex: 0, role: 'region', 'aria-label': 'states of nodes' }, stick, spacer);

    const inView = () => Math.min(rows.length * ROW, HEIGHT_MAX);
    function draw(context, view) {
      const top = scroller.scrollTop;
      const first = Math.floor(top / ROW);
      context.save();
      context.beginPath();
      context.rect(0, 0, view.width, view.bottom);
      context.clip();
      for (let index = first; index < rows.length && index * ROW - top < view.bottom; index += 1) {
        const row = rows[index];
        const y = index * ROW - top;
        if (row.group) drawGroup(context, view, row, part, y, folded.has(row.index));
        else drawLane(context, view, row.lane, part, y);
      }
      context.restore();
    }

    const rowAt = (y) => rows[Math.floor((y + scroller.scrollTop) / ROW)];
    const canvas = page.timeCanvas(stick, range, {
      height: () => inView() + AXIS, draw, axis: true, label: 'states of nodes over time',
      hover: (at, y) => (rowAt(y) && y < inView() ? describe(part, rowAt(y), at) : null),
    });

    function arrange() {
      rows = layout(part, folded, troubledOnly);
      spacer.style.height = `${Math.max(rows.length * ROW - inView(), 0)}px`;
      scroller.style.height = `${inView() + AXIS + 2}px`;
      canvas.draw();
    }

    scroller.addEventListener('scroll', () => canvas.draw(), { passive: true });
    let down = 0;
    canvas.holder.addEventListener('pointerdown', (event) => { down = event.clientX; });
    canvas.holder.addEventListener('click', (event) => {
      const row = rowAt(event.clientY - canvas.holder.getBoundingClientRect().top);
      if (!row || !row.group || Math.abs(event.clientX - down) > 4) return;
      if (!folded.delete(row.index)) folded.add(row.index);
      arrange();
    });
    const foldAll = (fold) => {
      folded.clear();
      if (fold) part.groups.forEach((_, index) => folded.add(index));
      arrange();
    };
    box.append(page.rangeBar(range), el('div', { class: 'panel-head' },
      el('button', { type: 'button', text: 'fold groups', on: { click: () => foldAll(true) } }),
      el('button', { type: 'button', text: 'unfold groups', on: { click: () => foldAll(false) } }),
      page.toggle('only nodes with trouble', false, (only) => { troubledOnly = only; arrange(); }),
      el('span', { class: 'shown', text: `${page.format.count(total)} nodes` })), scroller,
    el('p', { class: 'keys' }, part.states.map((state) => page.key(state.color, state.label)),
      page.key(part.marks[0].color, part.marks[0].label, 'down'), page.key(part.marks[1].color, part.marks[1].label, 'up')));
    arrange();
  };
})(cusinart);
