// Opens each page at each width and theme, checks it, and keeps a screenshot.
import { mkdirSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import puppeteer from 'puppeteer-core';
import { atRest, inUse } from './acts.mjs';

const WIDTHS = [400, 1600];
const THEMES = ['light', 'dark'];
// Largest page in bytes.
const SIZE_MAX = 1_000_000;

const [browserPath, screenshots, ...pages] = process.argv.slice(2);
mkdirSync(screenshots, { recursive: true });

// A run's page is named like all others: its folder tells which it is.
function nameOf(path) {
  const name = basename(path, '.html');
  return name === 'report' ? basename(dirname(resolve(path))) : name;
}

async function open(browser, path, width, theme, faults) {
  const page = await browser.newPage();
  const url = pathToFileURL(resolve(path)).href;
  page.on('console', (message) => {
    if (['error', 'warn', 'warning', 'assert'].includes(message.type())) faults.push(`console ${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('request', (request) => {
    if (request.url().split('#')[0] !== url && !request.url().startsWith('data:')) faults.push(`fetched ${request.url()}`);
  });
  await page.setViewport({ width, height: 900, deviceScaleFactor: 1 });
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: theme }]);
  await page.goto(url, { waitUntil: 'load' });
  await page.waitForSelector('#page[data-ready]', { timeout: 20000 });
  await new Promise((done) => setTimeout(done, 250));
  return page;
}

async function check(browser, path) {
  const name = nameOf(path);
  const faults = [];
  let checks = 0;
  const size = statSync(path).size;
  if (size > SIZE_MAX) faults.push(`it has ${size} bytes, more than ${SIZE_MAX}`);
  for (const theme of THEMES) {
    for (const width of WIDTHS) {
      const here = [];
      const page = await open(browser, path, width, theme, here);
      here.push(...(await atRest(page, theme)));
      await page.screenshot({ path: `${screenshots}/${name}-${theme}-${width}.png`, fullPage: true });
      const done = await inUse(page, theme);
      here.push(...done.faults);
      checks += done.checks;
      faults.push(...here.map((fault) => `${theme} ${width}: ${fault}`));
      await page.close();
    }
  }
  console.log([`browser: ${faults.length ? 'FAILED' : 'ok'} ${name} (${Math.round(size / 1000)} kB)`, ...faults].join('\n  '));
  return { broken: faults.length > 0, checks };
}

// Takes pages from the list until none is left. Each worker has a browser of its own, in which its page is the one in front.
async function work(todo, results) {
  const browser = await puppeteer.launch({
    executablePath: browserPath,
    args: ['--no-sandbox', '--disable-gpu', '--force-color-profile=srgb', '--font-render-hinting=none'],
  });
  while (todo.length) results.push(await check(browser, todo.shift()));
  await browser.close();
}

// Most of the time of a page goes by waiting for it to settle.
const WORKERS = 3;
const todo = [...pages];
const results = [];
await Promise.all(Array.from({ length: WORKERS }, () => work(todo, results)));
const broken = results.filter((result) => result.broken).length;
const checked = results.reduce((sum, result) => sum + result.checks, 0);
console.log(`browser: ${pages.length - broken} of ${pages.length} pages are fine, ${checked} things tried`);
process.exit(broken || !pages.length || !checked ? 1 : 0);
