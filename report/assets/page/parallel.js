'use strict';
// Parallel coordinates: a line per point, an axis per knob or result. Dragging along an axis keeps the lines that cross it there.
(function (page) {
  const { el, svg } = page;
  const HEIGHT = 320;
  const TOP = 46;
  const BOTTOM = 292;

  function scaleOf(part, index) {
    const axis = part.axes[index];
    if (axis.settings.length) {
      const count = axis.settings.length;
      const scale = page.scale({ low: -0.25, high: count - 0.75, from: BOTTOM, to: TOP });
      return { ...scale, ticks: axis.settings.map((_, i) => i), format: (value) => axis.settings[value] };
    }
    const [low, high] = page.extent(part.lines.map((line) => line.values[index]), 0.03);
    const scale = page.scale({ low, high, from: BOTTOM, to: TOP, unit: axis.unit });
    return { ...scale, format: (value) => page.tick(value, axis.unit) };
  }

  // A line's colour by its share of the colour axis, from good to bad.
  function shades(part) {
    if (part.color_axis === null) return () => null;
    const values = part.lines.map((line) => line.values[part.color_axis]).filter((value) => value !== null);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const more = part.axes[part.color_axis].better === 'more';
    return (line) => {
      const value = line.values[part.color_axis];
      if (value === null) return null;
      const share = high > low ? (value - low) / (high - low) : 0;
      return `${((more ? 1 - share : share) * 100).toFixed(1)}%`;
    };
  }

  function draw(part, state, width, say) {
    const scales = part.axes.map((_, index) => scaleOf(part, index));
    const step = part.axes.length > 1 ? Math.max((width - 96 - 60) / (part.axes.length - 1), 92) : 0;
    const full = Math.max(width, 156 + step * (part.axes.length - 1));
    const x = (index) => 96 + index * step;
    const root = svg('svg', { class: part.lines.length > 150 ? 'many' : null, width: full, height: HEIGHT, viewBox: `0 0 ${full} ${HEIGHT}`, role: 'img', 'aria-label': `${part.title}: ${part.lines.length} points over ${part.axes.map((axis) => axis.label).join(', ')}` });
    const shade = shades(part);
    const paths = part.lines.map((line) => {
      let path = '';
      line.values.forEach((value, index) => {
        if (value !== null) path += `${path && line.values[index - 1] !== null ? 'L' : 'M'}${x(index).toFixed(1)},${scales[index].at(value).toFixed(1)}`;
      });
      const node = svg('path', { d: path || 'M0,0', class: 'strand' });
      const share = shade(line);
      if (share) node.style.setProperty('--share', share);
      root.append(page.tip.on(node, () => [line.label, ...part.axes.map((axis, i) => `${axis.label}: ${line.values[i] === null ? '–' : axis.settings.length ? axis.settings[line.values[i]] : page.value(line.values[i], axis.unit)}`)]));
      return node;
    });

    function apply() {
      let kept = 0;
      part.lines.forEach((line, i) => {
        const inside = Object.entries(state.brushes).every(([index, [low, high]]) => {
          const value = line.values[index];
          return value !== null && value >= low && value <= high;
        });
        kept += inside;
        paths[i].classList.toggle('off', !inside);
      });
      say(kept);
    }

    part.axes.forEach((axis, index) => root.append(drawAxis(axis, index, x(index), scales[index], step, state, apply)));
    apply();
    return root;
  }

  function drawAxis(axis, index, x, scale, step, state, apply) {
    const group = svg('g', { class: 'grid pillar' }, page.line(x, TOP, x, BOTTOM));
    const ways = { less: '↓ better', more: '↑ better', neither: '' };
    const name = page.text(x, 14, page.cut(axis.label, Math.floor(step / 8)), { anchor: 'middle', class: 'strong' });
    name.append(svg('title', { text: axis.label }));
    group.append(name, page.text(x, 30, ways[axis.better], { anchor: 'middle' }));
    for (const tick of scale.ticks) group.append(page.text(x - 6, scale.at(tick), page.cut(scale.format(tick), 13), { anchor: 'end', class: 'halo' }));
    const brush = svg('rect', { x: x - 9, width: 18, y: 0, height: 0, class: 'brush' });
    const handle = svg('rect', { x: x - 14, y: TOP - 4, width: 28, height: BOTTOM - TOP + 8, class: 'hit handle', tabindex: 0, 'aria-label': `${axis.label}: drag to keep a part; Escape keeps all` });
    const show = () => {
      const kept = state.brushes[index];
      const [from, to] = kept ? [scale.at(kept[1]), scale.at(kept[0])] : [0, 0];
      brush.setAttribute('y', from);
      brush.setAttribute('height', Math.max(to - from, 0));
    };
    const value = (event) => {
      const y = event.clientY - handle.ownerSVGElement.getBoundingClientRect().top;
      return scale.low + ((page.clamp(y, TOP, BOTTOM) - BOTTOM) / (TOP - BOTTOM)) * (scale.high - scale.low);
    };
    let began = null;
    const clear = () => { delete state.brushes[index]; show(); apply(); };
    handle.addEventListener('pointerdown', (event) => { began = value(event); handle.setPointerCapture(event.pointerId); });
    handle.addEventListener('pointermove', (event) => {
      if (began === null) return;
      const at = value(event);
      state.brushes[index] = [Math.min(began, at), Math.max(began, at)];
      show();
      apply();
    });
    handle.addEventListener('pointerup', (event) => {
      if (Math.abs(scale.at(began) - scale.at(value(event))) < 3) clear();
      began = null;
    });
    handle.addEventListener('keydown', (event) => { if (event.key === 'Escape') clear(); });
    group.append(brush, handle);
    show();
    return group;
  }

  page.sections.parallel = function (part, box) {
    const state = { brushes: {} };
    const chart = el('div', { class: 'chart svg scroll', tabindex: 0, role: 'region', 'aria-label': part.title });
    const status = el('p', { class: 'status', role: 'status' });
    const say = (kept) => { status.textContent = `${page.format.count(kept)} of ${page.format.count(part.lines.length)} points are kept.`; };
    box.append(el('p', { class: 'hint', text: 'Drag along an axis to keep the points that cross it there; click it to keep all.' }), chart, status);
    page.responsive(chart, (width) => draw(part, state, width, say));
    if (part.color_axis !== null) {
      const axis = part.axes[part.color_axis];
      box.append(el('p', { class: 'keys' }, `Colour by ${axis.label}: `, page.key('ramp-good', axis.better === 'neither' ? 'least' : 'best'), page.key('ramp-bad', axis.better === 'neither' ? 'most' : 'worst')));
    }
  };
})(cusinart);
