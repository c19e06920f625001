'use strict';
// The strip above the charts: faults as bars, detections, decisions and recoveries as marks.
(function (page) {
  const ROW = 18;
  const NEAR = 7;
  const LINES_MAX = 8;
  const FAULT_ROWS_MAX = 4;

  // Rows of faults so that those of one row do not overlap; what finds no row shares the last.
  function pack(bands) {
    const ends = [];
    return bands.map((band) => {
      let row = ends.findIndex((end) => end <= band.from);
      if (row < 0) row = ends.length < FAULT_ROWS_MAX ? ends.push(0) - 1 : FAULT_ROWS_MAX - 1;
      ends[row] = Math.max(ends[row], band.to);
      return row;
    });
  }

  function drawBands(context, view, bands, rows) {
    // A row's labels must not run into the next fault.
    const nextInRow = bands.map((band, i) => bands.findIndex((other, j) => j > i && rows[j] === rows[i]));
    bands.forEach((band, index) => {
      const [from, to] = [view.x(band.from), Math.max(view.x(band.to), view.x(band.from) + 3)];
      if (to < view.left || from > view.right) return;
      const [left, right] = [Math.max(from, view.left), Math.min(to, view.right)];
      const y = rows[index] * ROW;
      context.globalAlpha = band.quiet ? 0.25 : 0.3;
      context.fillStyle = page.color(band.quiet ? 'grey' : 'vermilion');
      context.fillRect(left, y + 1, right - left, ROW - 3);
      context.globalAlpha = 1;
      if (from >= view.left) context.fillRect(left, y + 1, 2.5, ROW - 3);
      const next = nextInRow[index] < 0 ? view.right : Math.min(view.x(bands[nextInRow[index]].from), view.right);
      const label = band.quiet ? `${band.label} (touched nothing)` : band.label;
      const room = next - left - 8;
      if (room > 24) {
        context.fillStyle = page.color('text');
        context.textAlign = 'left';
        context.fillText(fitted(context, label, room), left + 5, y + ROW / 2);
      }
    });
  }

  function fitted(context, text, room) {
    if (context.measureText(text).width <= room) return text;
    let length = text.length;
    while (length > 0 && context.measureText(`${text.slice(0, length)}…`).width > room) length -= 1;
    return length > 2 ? `${text.slice(0, length)}…` : '';
  }
  page.fitted = fitted;

  // Each row has a shape of its own, so that colour is not all that tells them apart.
  const SHAPES = [
    (c, x, y) => { c.moveTo(x, y - 5.5); c.lineTo(x + 5, y + 4); c.lineTo(x - 5, y + 4); },
    (c, x, y) => { c.moveTo(x, y - 5.5); c.lineTo(x + 5, y); c.lineTo(x, y + 5.5); c.lineTo(x - 5, y); },
    (c, x, y) => { c.rect(x - 4, y - 4, 8, 8); },
    (c, x, y) => { c.arc(x, y, 4.5, 0, 7); },
  ];

  function drawMarks(context, view, part, height) {
    const last = part.rows.map(() => -Infinity);
    for (const mark of part.marks) {
      const x = view.x(mark.at);
      // Marks that would hide each other are drawn once.
      if (x < view.left - 1 || x > view.right + 1 || x - last[mark.row] < 1.5) continue;
      last[mark.row] = x;
      context.fillStyle = page.color(part.rows[mark.row].color);
      context.strokeStyle = page.color('page');
      context.beginPath();
      SHAPES[mark.row % SHAPES.length](context, x, height(mark.row));
      context.closePath();
      context.fill();
      context.stroke();
    }
  }

  function names(context, view, texts) {
    context.fillStyle = page.color('muted');
    context.textAlign = 'right';
    texts.forEach(([text, y]) => context.fillText(fitted(context, text, view.left - 6), view.left - 6, y));
  }

  page.markStrip = function (box, range, part) {
    const rows = pack(part.bands);
    const top = part.bands.length ? (Math.max(...rows) + 1) * ROW : 0;
    // Rows without marks are left out; `line` says where each row stands.
    const used = part.rows.map((_, index) => index).filter((index) => part.marks.some((mark) => mark.row === index));
    const line = (index) => used.indexOf(index);
    const height = Math.max(top + used.length * ROW, ROW) + 4;

    function draw(context, view) {
      const labels = used.map((index) => [part.rows[index].label, top + line(index) * ROW + ROW / 2]);
      if (top) labels.push(['faults', ROW / 2]);
      names(context, view, labels);
      context.strokeStyle = page.color('line');
      context.beginPath();
      for (const [, y] of labels) {
        if (y > top) { context.moveTo(view.left, y); context.lineTo(view.right, y); }
      }
      context.stroke();
      drawBands(context, view, part.bands, rows);
      drawMarks(context, view, part, (row) => top + line(row) * ROW + ROW / 2);
    }

    function hover(at, y, view) {
      const x = view.x(at);
      if (y < top) {
        const row = Math.floor(y / ROW);
        const hit = part.bands.filter((band, i) => rows[i] === row && x >= view.x(band.from) - 4 && x <= Math.max(view.x(band.to), view.x(band.from) + 3) + 4);
        return capped(hit.map((band) => ['vermilion', `${page.format.clock(band.from)}–${page.format.clock(band.to)} ${band.label}. ${band.text}`]));
      }
      const row = used[Math.floor((y - top) / ROW)];
      const hit = part.marks.filter((mark) => mark.row === row && Math.abs(view.x(mark.at) - x) <= NEAR);
      return capped(hit.map((mark) => [part.rows[row].color, `${page.format.clock(mark.at)} ${mark.text}`]));
    }

    return page.timeCanvas(box, range, { height: () => height, draw, hover, label: 'faults, detections, decisions and recoveries over time' });
  };

  function capped(lines) {
    if (lines.length <= LINES_MAX) return lines;
    return [...lines.slice(0, LINES_MAX), `… and ${lines.length - LINES_MAX} more: zoom in`];
  }
})(cusinart);
