'use strict';
// A canvas over the shared time axis: sharp on any screen, redrawn on zoom, resize and change of theme.
(function (page) {
  // Space beside the plot, the same for all charts over time, so that moments stand above each other.
  page.gutter = () => (innerWidth < 600 ? { left: 62, right: 8 } : { left: 92, right: 14 });

  // A text that stays readable on whatever is behind it.
  page.halo = function (context, text, x, y) {
    context.save();
    context.setLineDash([]);
    context.strokeStyle = page.color('page');
    context.lineWidth = 4 * (context.canvas.width / Math.max(context.canvas.clientWidth, 1));
    context.lineJoin = 'round';
    context.strokeText(text, x, y);
    context.restore();
    context.fillText(text, x, y);
  };

  const INCREMENTS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800,
    3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800];
  page.increments = INCREMENTS;

  page.timeTicks = function (range, width) {
    const least = ((range.to - range.from) / Math.max(width, 1)) * 80;
    const step = INCREMENTS.find((increment) => increment >= least) || INCREMENTS[INCREMENTS.length - 1];
    const ticks = [];
    for (let at = Math.ceil(range.from / step - 1e-9) * step; at <= range.to * (1 + 1e-9); at += step) ticks.push(at);
    return { step, ticks };
  };

  // `options`: height(), draw(context, view), hover(moment, y, view) -> lines, axis: whether to label the time, label.
  page.timeCanvas = function (box, range, options) {
    const canvas = page.el('canvas', { role: 'img', 'aria-label': options.label });
    const line = page.el('div', { class: 'pointer', hidden: true });
    const select = page.el('div', { class: 'drag', hidden: true });
    const holder = page.el('div', { class: 'time-canvas', tabindex: 0, role: 'group', 'aria-label': `${options.label}; keys + − ← → 0` }, canvas, line, select);
    box.append(holder);
    let view = null;

    function measure() {
      const { left, right } = page.gutter();
      const width = holder.clientWidth;
      const plot = Math.max(width - left - right, 10);
      return {
        width, left, plot, right: left + plot, height: options.height(), bottom: options.height() - (options.axis ? 22 : 0), range,
        x: (at) => left + ((at - range.from) / (range.to - range.from)) * plot,
        at: (x) => range.from + ((x - left) / plot) * (range.to - range.from),
      };
    }

    function draw() {
      view = measure();
      if (view.width < 50) return;
      const scale = devicePixelRatio || 1;
      canvas.width = Math.round(view.width * scale);
      canvas.height = Math.round(view.height * scale);
      canvas.style.width = `${view.width}px`;
      canvas.style.height = `${view.height}px`;
      const context = canvas.getContext('2d');
      context.setTransform(scale, 0, 0, scale, 0, 0);
      context.clearRect(0, 0, view.width, view.height);
      context.font = '11px system-ui, sans-serif';
      context.textBaseline = 'middle';
      options.draw(context, view);
      if (options.axis) drawAxis(context, view);
    }

    const moment = (event) => page.clamp(view.at(event.clientX - holder.getBoundingClientRect().left), range.from, range.to);
    follow(holder, line, select, range, options, () => view, moment);
    page.navigation(holder, range, (x) => view.at(x - holder.getBoundingClientRect().left));
    range.onChange(draw);
    page.onTheme(draw);
    new ResizeObserver(() => { if (!view || holder.clientWidth !== view.width) draw(); }).observe(holder);
    draw();
    return { draw, canvas, holder };
  };

  function drawAxis(context, view) {
    const { step, ticks } = page.timeTicks(view.range, view.plot);
    context.fillStyle = page.color('muted');
    context.strokeStyle = page.color('line');
    context.textAlign = 'center';
    context.beginPath();
    for (const at of ticks) {
      context.moveTo(view.x(at), view.bottom);
      context.lineTo(view.x(at), view.bottom + 4);
      context.fillText(page.format.clock(at, step), page.clamp(view.x(at), 16, view.width - 16), view.bottom + 14);
    }
    context.stroke();
  }

  // Pointer, what is under it, and zoom by dragging.
  function follow(holder, line, select, range, options, view, moment) {
    let began = null;
    range.onPoint((at) => {
      line.hidden = at === null || at < range.from || at > range.to;
      if (!line.hidden) line.style.left = `${view().x(at)}px`;
    });
    holder.addEventListener('pointerdown', (event) => {
      if (event.button === 0 && event.pointerType === 'mouse') began = moment(event);
    });
    holder.addEventListener('pointermove', (event) => {
      const at = moment(event);
      range.point(at, holder);
      if (began !== null) {
        const [from, to] = [Math.min(began, at), Math.max(began, at)].map((edge) => view().x(edge));
        select.hidden = to - from < 4;
        select.style.left = `${from}px`;
        select.style.width = `${to - from}px`;
      }
      const y = event.clientY - holder.getBoundingClientRect().top;
      const lines = options.hover ? options.hover(at, y, view()) : null;
      if (lines && lines.length) page.tip.show(lines, event.clientX, event.clientY);
      else page.tip.hide();
    });
    addEventListener('pointerup', (event) => {
      if (began === null) return;
      const at = moment(event);
      const wide = Math.abs(view().x(at) - view().x(began)) >= 6;
      if (wide) range.set(Math.min(began, at), Math.max(began, at));
      began = null;
      select.hidden = true;
    });
    holder.addEventListener('pointerleave', () => { range.point(null, holder); page.tip.hide(); });
    holder.addEventListener('dblclick', () => range.reset());
  }
})(cusinart);
