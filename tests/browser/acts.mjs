// What is checked of a page, and what a reader would do with it. Each function returns what is wrong.

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// A page as it stands: whole, drawn, and no wider than its window.
export function atRest(page, theme) {
  return page.evaluate((wanted) => {
    const faults = [];
    const data = JSON.parse(document.getElementById('page-data').textContent);
    const sections = [...document.querySelectorAll('main section')];
    if (sections.length !== data.parts.length) faults.push(`${sections.length} of ${data.parts.length} parts`);
    if (document.documentElement.dataset.theme !== wanted) faults.push('the theme of the system is not taken');
    const over = document.documentElement.scrollWidth - innerWidth;
    if (over > 0) {
      const wide = [...document.querySelectorAll('body *')].find((node) => node.getBoundingClientRect().right > innerWidth + 1 && !node.closest('.scroll, nav'));
      faults.push(`${over} pixels wider than the window: ${wide ? `${wide.tagName}.${wide.getAttribute('class')}` : '?'}`);
    }
    const undrawn = [];
    for (const canvas of document.querySelectorAll('canvas')) {
      const where = canvas.closest('section').id;
      if (!canvas.width || !canvas.height) { faults.push(`an empty canvas in ${where}`); continue; }
      const { data: bytes } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      const colors = new Set();
      for (let i = 0; i < bytes.length && colors.size < 4; i += 4) if (bytes[i + 3] > 40) colors.add(`${bytes[i]},${bytes[i + 1]},${bytes[i + 2]}`);
      if (colors.size < 2) undrawn.push(where);
    }
    // Where nothing happened, the strip of marks on a timeline is empty.
    for (const part of data.parts.filter(({ marks, bands }) => marks?.length === 0 && bands?.length === 0)) {
      if (undrawn.includes(part.id)) undrawn.splice(undrawn.indexOf(part.id), 1);
    }
    faults.push(...undrawn.map((where) => `nothing is drawn on a canvas in ${where}`));
    for (const chart of document.querySelectorAll('.chart.svg')) {
      const shapes = [...chart.querySelectorAll('svg path, svg rect:not(.hit), svg circle')].filter((shape) => {
        const { width, height } = shape.getBBox();
        return width + height > 0;
      });
      if (!shapes.length) faults.push(`nothing is drawn in a chart of ${chart.closest('section').id}`);
    }
    for (const node of document.querySelectorAll('button, a, select, input, canvas[role=img], svg[role=img]')) {
      const name = node.getAttribute('aria-label') || node.textContent || node.closest('label')?.textContent;
      if (!name || !name.trim()) faults.push(`a ${node.tagName} without a name in ${node.closest('section')?.id}`);
    }
    for (const table of document.querySelectorAll('table')) {
      if (!table.querySelector('th[scope]')) faults.push(`a table without headings in ${table.closest('section').id}`);
    }
    return faults;
  }, theme);
}

// Everything a reader can do.
export async function inUse(page, theme) {
  const faults = [];
  let checks = 0;
  for (const act of [themeToggle, dragZoom, keyboardZoom, legendToggle, logToggle, laneFolding, tableSort, tableFilter, brush]) {
    const fault = await act(page, theme).catch((error) => error.message);
    if (fault !== null) checks += 1;
    if (fault) faults.push(`${act.name}: ${fault}`);
  }
  return { faults, checks };
}

const background = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
const ranges = (page) => page.evaluate(() => cusinart.timelines.flatMap((line) => line.panels.map(({ plot }) => [plot.scales.x.min, plot.scales.x.max])));
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

async function themeToggle(page, theme) {
  const before = await background(page);
  await page.click('button.theme');
  await pause(60);
  const [now, other] = [await page.evaluate(() => document.documentElement.dataset.theme), await background(page)];
  await page.click('button.theme');
  await pause(60);
  if (now === theme || other === before) return 'the colours stay';
  return (await background(page)) === before ? '' : 'the colours do not come back';
}

async function dragZoom(page) {
  const whole = await ranges(page);
  if (!whole.length) return null;
  for (const selector of ['.uplot .u-over', '.charts .time-canvas', 'section.heatmap .time-canvas']) {
    const target = await page.$(selector);
    if (!target) continue;
    await target.evaluate((node) => node.scrollIntoView({ block: 'center' }));
    const box = await target.boundingBox();
    const y = box.y + box.height / 3;
    await page.mouse.move(box.x + box.width * 0.4, y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.55, y, { steps: 4 });
    await page.mouse.move(box.x + box.width * 0.7, y, { steps: 4 });
    await page.mouse.up();
    await pause(60);
    const zoomed = await ranges(page);
    if (zoomed.some(([from, to], i) => !(to - from < (whole[i][1] - whole[i][0]) * 0.6))) return `${selector}: dragging does not zoom all charts`;
    await page.$eval('section.timeline button.reset', (button) => button.click());
    await pause(60);
    if (!same(await ranges(page), whole)) return `${selector}: the whole run does not come back`;
  }
  return '';
}

async function keyboardZoom(page) {
  const whole = await ranges(page);
  if (!whole.length) return null;
  await page.focus('.panel .chart');
  await page.keyboard.press('+');
  await page.keyboard.press('ArrowRight');
  const zoomed = await ranges(page);
  await page.keyboard.press('0');
  await pause(60);
  if (!zoomed.every(([from, to], i) => to - from < whole[i][1] - whole[i][0] && from > whole[i][0])) return 'keys do not zoom and move';
  return same(await ranges(page), whole) ? '' : 'the whole run does not come back';
}

async function legendToggle(page) {
  if (!(await page.$('.panel button.series'))) return null;
  const state = () => page.evaluate(() => {
    const { plot } = cusinart.timelines[0].panels[0];
    return [plot.series[1].show, plot.root.querySelector('canvas').toDataURL(), document.querySelector('.panel button.series').getAttribute('aria-pressed')];
  });
  const before = await state();
  await page.$eval('.panel button.series', (button) => button.click());
  await pause(80);
  const hidden = await state();
  await page.$eval('.panel button.series', (button) => button.click());
  await pause(80);
  const after = await state();
  if (hidden[0] || hidden[1] === before[1] || hidden[2] !== 'false') return 'a series is not hidden';
  return after[0] && after[2] === 'true' ? '' : 'a series does not come back';
}

async function logToggle(page) {
  if (!(await page.$('.panel button.toggle'))) return null;
  const kind = () => page.evaluate(() => cusinart.timelines[0].panels.map(({ plot }) => plot.scales.y.distr));
  const before = await kind();
  await page.$eval('.panel button.toggle', (button) => button.click());
  await pause(60);
  const changed = await kind();
  await page.$eval('.panel button.toggle', (button) => button.click());
  await pause(60);
  if (same(before, changed)) return 'the axis stays';
  return same(await kind(), before) ? '' : 'the axis does not come back';
}

async function laneFolding(page) {
  if (!(await page.$('section.lanes'))) return null;
  const height = () => page.$eval('.lanes-scroll .stick', (node) => node.scrollHeight + node.nextSibling.offsetHeight);
  const press = (text) => page.$$eval('section.lanes button', (all, word) => all.find((button) => button.textContent.startsWith(word)).click(), text);
  await press('unfold');
  const open = await height();
  await press('fold');
  const closed = await height();
  await press('unfold');
  return closed < open ? '' : 'groups do not fold';
}

async function tableSort(page) {
  const table = await page.$('section.table table');
  if (!table) return null;
  const order = () => table.$$eval('tbody tr:not(.detail)', (rows) => rows.map((row) => row.textContent));
  const before = await order();
  if (before.length < 2) return null;
  const press = () => table.$eval('thead th:nth-child(2) button', (button) => button.click());
  await press();
  const up = await order();
  await press();
  const down = await order();
  return same(up, down) ? 'sorting changes nothing' : '';
}

async function tableFilter(page) {
  const input = await page.$('section.table input[type=search]');
  if (!input) return null;
  const rows = () => input.evaluate((node) => node.closest('.body').querySelectorAll('tbody tr').length);
  const before = await rows();
  const told = await input.evaluate((node) => {
    const { parts } = JSON.parse(document.getElementById('page-data').textContent);
    return parts.find(({ id }) => id === node.closest('section').id).rows.length;
  });
  if (told === 0 && before === 0) return null;
  await input.type('no row holds such words');
  const none = await rows();
  await input.evaluate((node) => { node.value = ''; node.dispatchEvent(new Event('input')); });
  return before > 0 && none === 0 && (await rows()) === before ? '' : 'filtering does not work';
}

async function brush(page) {
  const handle = await page.$('section.parallel .handle');
  if (!handle) return null;
  await handle.evaluate((node) => node.scrollIntoView({ block: 'center' }));
  const box = await handle.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + 8);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height * 0.4, { steps: 4 });
  await page.mouse.up();
  const kept = () => page.$$eval('section.parallel .strand', (all) => all.filter((one) => !one.classList.contains('off')).length);
  const [some, all] = [await kept(), (await page.$$('section.parallel .strand')).length];
  await handle.evaluate((node) => node.focus());
  await page.keyboard.press('Escape');
  if (!(some > 0 && some < all)) return `the brush keeps ${some} of ${all}`;
  return (await kept()) === all ? '' : 'the brush does not go';
}
