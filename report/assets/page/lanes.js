'use strict';
// States of nodes over time. Only the rows in view are drawn, so that a thousand nodes cost no more than forty.
(function (page) {
  const { el } = page;
  const ROW = 15;
  const FOLDED = 44;
  const HEIGHT_MAX = 460;
  const AXIS = 22;

  // Rows from the top with their heights: a group, then its nodes; or a folded group, which is higher.
  function layout(part, folded, troubledOnly) {
    const rows = [];
    let top = 0;
    const push = (row, height) => {
      rows.push({ ...row, top, height });
      top += height;
    };
    part.groups.forEach((group, index) => {
      const lanes = group.lanes.filter((lane) => !troubledOnly || lane.troubled);
      if (!lanes.length) return;
      push({ group, index, lanes }, folded.has(index) ? FOLDED : ROW);
      if (!folded.has(index)) lanes.forEach((lane) => push({ lane }, ROW));
    });
    return { rows, height: top };
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

  // How many nodes of a group are in each state at each pixel: +1 where a stretch begins, -1 where it ends, added up.
  function tally(view, row, part) {
    const columns = Math.max(Math.ceil(view.plot), 1);
    const counts = part.states.map(() => new Float64Array(columns + 1));
    const column = (at) => page.clamp(Math.round(view.x(at) - view.left), 0, columns);
    for (const lane of row.lanes) {
      let free = 0;
      for (const [from, to, state] of lane.spans) {
        if (to < view.range.from || from > view.range.to) continue;
        // A node counts once in each pixel. What is shorter than one takes it from what follows, unless it is the best.
        const left = Math.max(column(from), free);
        free = Math.max(column(to), state > 0 ? Math.min(left + 1, columns) : left);
        if (left >= free) continue;
        counts[state][left] += 1;
        counts[state][free] -= 1;
      }
    }
    for (const count of counts) for (let i = 1; i < columns; i += 1) count[i] += count[i - 1];
    return counts;
  }

  // A folded group shows the number of its nodes in each state, the worst at the bottom.
  function drawShares(context, view, row, part, y) {
    const counts = tally(view, row, part);
    const room = FOLDED - ROW - 4;
    const most = Math.max(1, ...Array.from({ length: Math.ceil(view.plot) }, (_, i) => counts.reduce((sum, count) => sum + count[i], 0)));
    for (let i = 0; i < view.plot; i += 1) {
      let bottom = y + FOLDED - 3;
      for (let state = part.states.length - 1; state >= 0; state -= 1) {
        if (!counts[state][i]) continue;
        // A single node must not vanish.
        const height = Math.max((counts[state][i] / most) * room, 1);
        context.fillStyle = page.color(part.states[state].color);
        context.fillRect(view.left + i, bottom - height, 1, height);
        bottom -= height;
      }
    }
    context.fillStyle = page.color('muted');
    context.textAlign = 'right';
    context.fillText(page.format.count(most), view.left - 6, y + ROW + 6);
  }

  function drawGroup(context, view, row, part, y, folded) {
    context.textAlign = 'left';
    context.fillStyle = page.color('text');
    context.font = '600 11px system-ui, sans-serif';
    const name = `${folded ? '▸' : '▾'} ${row.group.label} (${row.lanes.length})`;
    context.fillText(page.fitted(context, name, view.width - 10), 4, y + ROW / 2);
    context.font = '11px system-ui, sans-serif';
    if (folded) drawShares(context, view, row, part, y);
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
    if (row.group) {
      const states = row.lanes.map((lane) => lane.spans.find(([from, to]) => from <= at && at < to)).filter(Boolean).map((span) => span[2]);
      const counts = part.states.map((state, index) => [state.color, `${states.filter((one) => one === index).length} ${state.label}`]);
      return [`${row.group.label} at ${page.format.clock(at)}`, ...counts.filter(([, text]) => !text.startsWith('0 ')), 'click to fold or unfold'];
    }
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
    let { rows, height } = layout(part, folded, troubledOnly);
    const spacer = el('div', { class: 'spacer' });
    const stick = el('div', { class: 'stick' });
    const scroller = el('div', { class: 'lanes-scroll', tabindex: 0, role: 'region', 'aria-label': 'states of nodes' }, stick, spacer);

    const inView = () => Math.min(height, HEIGHT_MAX);
    // The first row that reaches below a height.
    function firstAt(y) {
      let [low, high] = [0, rows.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (rows[middle].top + rows[middle].height <= y) low = middle + 1; else high = middle;
      }
      return low;
    }

    function draw(context, view) {
      const scrolled = scroller.scrollTop;
      context.save();
      context.beginPath();
      context.rect(0, 0, view.width, view.bottom);
      context.clip();
      for (let index = firstAt(scrolled); index < rows.length && rows[index].top - scrolled < view.bottom; index += 1) {
        const row = rows[index];
        if (row.group) drawGroup(context, view, row, part, row.top - scrolled, folded.has(row.index));
        else drawLane(context, view, row.lane, part, row.top - scrolled);
      }
      context.restore();
    }

    const rowAt = (y) => rows[firstAt(y + scroller.scrollTop)];
    const canvas = page.timeCanvas(stick, range, {
      height: () => inView() + AXIS, draw, axis: true, label: 'states of nodes over time',
      hover: (at, y) => (rowAt(y) && y < inView() ? describe(part, rowAt(y), at) : null),
    });

    function arrange() {
      ({ rows, height } = layout(part, folded, troubledOnly));
      spacer.style.height = `${Math.max(height - inView(), 0)}px`;
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
