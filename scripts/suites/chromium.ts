import { existsSync } from 'node:fs'

/** Browsers that Playwright can drive, the plain ones first. Ubuntu's `chromium-browser` may be a note that it is a snap. */
const places = [
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/** @returns the path of a Chromium on this machine; `DEPIN_TEST_CHROMIUM` names another */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return [env['DEPIN_TEST_CHROMIUM'], ...places].find((path) => path !== undefined && existsSync(path))
}
